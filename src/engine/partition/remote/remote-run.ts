import type { BatchResponse } from '../../../functions/remote/invocation-batch.ts';
import type { RemoteFunction } from '../../../functions/remote/remote-function.ts';
import { hasCode, StatefunError } from '../../../shared/errors.ts';
import { backOffDelayMs } from '../../../shared/time/back-off.ts';
import type { Activation, PendingMessage, RemoteCall } from '../activation.ts';
import type { Deadline } from '../attempt-runner.ts';
import type { Run } from '../run.ts';

/** StateFun's back-off. Lower finds an endpoint that is back sooner, and calls one that is down more often. */
const retryDelays = { firstMs: 4, maxMs: 10_000 };
/** Longest wait that an endpoint can request with `Retry-After`, in milliseconds. */
const retryAfterMsMax = 10 * 60_000;

/** Size at which a batch takes no further message, in bytes: with its state it has to fit into a request of 32 MiB. */
const batchBytesMax = 8 * 1024 * 1024;

/** One attempt of a call that has not ended. */
export interface RemoteRun extends Run {
  readonly kind: 'remote';
  readonly remote: RemoteFunction;
  readonly call: RemoteCall;
  /** Names of the states that are sent with it. */
  readonly attached: ReadonlySet<string>;
  readonly startedAtMs: number;
  readonly controller: AbortController;
  timeout: Deadline | undefined;
  answer: BatchResponse | undefined;
  /** Whether it has a response or has timed out. A later end is ignored. */
  ended: boolean;
}

/** Returns the next batch of an address: the waiting messages within the limits, or a single one after a batch that was given up. */
export function nextCall({ mailbox, singly }: Activation, batchMessagesMax: number): RemoteCall {
  const messages: PendingMessage[] = [];
  let bytes = 0;
  for (const message of mailbox ?? []) {
    bytes += message.payloadBytes;
    if (messages.length > 0 && (singly > 0 || messages.length >= batchMessagesMax || bytes > batchBytesMax)) break;
    messages.push(message);
  }
  return { messages, budgetEndsAt: undefined, dueAt: undefined, attempts: 0, incompleteAnswers: 0 };
}

/** Returns the time at which a failed call is tried again, in milliseconds since the epoch; undefined when it is not tried again. */
export function retryAt({ call, remote }: Pick<RemoteRun, 'call' | 'remote'>, error: unknown, nowMs: number): number | undefined {
  if (StatefunError.is(error) && error.outcome === 'give-up') return undefined;
  const asked = StatefunError.is(error) ? error.facts['retryAfterMs'] : undefined;
  const askedMs = typeof asked === 'number' ? Math.min(Math.max(asked, 0), retryAfterMsMax) : 0;
  const dueAt = nowMs + Math.max(backOffDelayMs(retryDelays, call.attempts), askedMs);
  if (isUnavailable(error) && remote.policy.whenUnavailable === 'wait') return dueAt;
  return dueAt < (call.budgetEndsAt ?? Infinity) ? dueAt : undefined;
}

/** Whether the other side was unavailable or asked for patience, which is no fault of the batch. */
export function isUnavailable(error: unknown): boolean {
  return hasCode(error, 'REMOTE_UNAVAILABLE');
}
