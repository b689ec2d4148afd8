import { describe, StatefunError } from '../../shared/errors.ts';

/** The part of an error that is kept to explain a failed attempt. */
export interface AttemptFailure {
  readonly code: string;
  readonly reason: string;
}

/** Most characters kept of a reason: errors of handlers may contain whole documents, and the size of a stored value is limited. */
const reasonLengthMax = 4_096;

/** Most characters of a failure kept with a waiting message: they are written again with every attempt. */
export const failureLengthMax = 300;

export function failureOf(error: Error, lengthMax: number = reasonLengthMax): AttemptFailure {
  const ours = StatefunError.is(error);
  const [code, reason] = ours ? [error.code, error.summary] : [error.name, error.message];
  return { code: toShortText(code, lengthMax), reason: toShortText(reason, lengthMax) };
}

/** Name and message of an error may have any type: handlers throw objects of their own. */
function toShortText(value: unknown, lengthMax: number): string {
  const text = typeof value === 'string' ? value : describe(value);
  return text.length <= lengthMax ? text : `${text.slice(0, lengthMax)}…`;
}
