import type { LogFields, LogSeverity } from '../../shared/logger.ts';
import { fromFailure, toFailure, type ThreadFailure } from '../../storage/threads/serve-thread.ts';
import type { Begun } from '../checkpoint-service.ts';
import type { CheckpointReport, CheckpointSource } from '../checkpointer.ts';
import type { LeaseState } from '../lease.ts';
import { StatefunError, toError } from '../../shared/errors.ts';

/** A request to the thread of checkpoints. Several may be open at once; each has its number in the answer. */
export type CheckpointRequest =
  | { readonly call: 'begin' | 'renew' }
  | { readonly call: 'checkpoint'; readonly source: CheckpointSource }
  | { readonly call: 'end'; readonly free: boolean };

export interface NumberedRequest {
  readonly number: number;
  readonly request: CheckpointRequest;
}

/** The call decides whether there is a result. */
export type CheckpointResult = Begun | CheckpointReport | undefined;

/** A lease on its way between threads. */
export type SentLease = Omit<LeaseState, 'lost'> & { readonly lost: ThreadFailure | undefined };

export type CheckpointMessage =
  | { readonly number: number; readonly result: CheckpointResult }
  | { readonly number: number; readonly failure: ThreadFailure }
  | { readonly lease: SentLease }
  | { readonly severity: LogSeverity; readonly text: string; readonly fields: LogFields };

export function sendLease({ lost, ...state }: LeaseState): SentLease {
  return { ...state, lost: lost === undefined ? undefined : toFailure(lost) };
}

export function receiveLease({ lost, ...state }: SentLease): LeaseState {
  const error = lost === undefined ? undefined : fromFailure(lost);
  return { ...state, lost: StatefunError.is(error) ? error : undefined };
}

/** Makes the fields of a log line fit for another thread: errors do not survive the way. */
export function sendFields(fields: LogFields): LogFields {
  return 'error' in fields ? { ...fields, error: toFailure(toError(fields['error'])) } : fields;
}

export function receiveFields(fields: LogFields): LogFields {
  return 'error' in fields ? { ...fields, error: fromFailure(fields['error'] as ThreadFailure) } : fields; // sendFields made it
}
