import { describe, StatefunError } from '../../shared/errors.ts';

/** Why an attempt failed, for people: what is kept of an error. */
export interface AttemptFailure {
  readonly code: string;
  readonly reason: string;
}

/** Most characters kept of a reason: handlers put whole documents into their errors, and a store takes so much and no more. */
const reasonLengthMax = 4_096;

/** Most characters of a failure that are kept with a message that waits: they are written again with every attempt. */
export const failureLengthMax = 300;

export function failureOf(error: Error, lengthMax: number = reasonLengthMax): AttemptFailure {
  const ours = StatefunError.is(error);
  const [code, reason] = ours ? [error.code, error.summary] : [error.name, error.message];
  return { code: toShortText(code, lengthMax), reason: toShortText(reason, lengthMax) };
}

/** Name and message of an error can be anything: handlers throw objects of their own. */
function toShortText(value: unknown, lengthMax: number): string {
  const text = typeof value === 'string' ? value : describe(value);
  return text.length <= lengthMax ? text : `${text.slice(0, lengthMax)}…`;
}
