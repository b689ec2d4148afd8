import type { BatchResponse } from '../../../functions/remote/invocation-batch.ts';
import type { RemoteFunction } from '../../../functions/remote/remote-function.ts';
import { hasCode, StatefunError } from '../../../shared/errors.ts';
import { backOffDelayMs } from '../../../shared/time/back-off.ts';
import type { Activation } from '../activation.ts';
import type { Deadline } from '../attempt-runner.ts';
import type { PendingMessage } from '../pending-message.ts';
import type { RemoteCall } from './remote-call.ts';

/** StateFun's back-off. Lower finds an endpoint that is back sooner, and calls one that is down more often. */
const retryDelays = { firstMs: 4, maxMs: 10_000 };
/** The longest wait that an endpoint may ask for with `Retry-After`. */
const retryAfterMsMax = 10 * 60_000;

/** The bytes of messages from which on a batch takes no further one: with its state it has to fit into a request of 32 MiB. */
const batchBytesMax = 8 * 1024 * 1024;

/** One attempt of a call, under way. */
export interface RemoteRun {
  readonly kind: 'remote';
  readonly activation: Activation;
  readonly remote: RemoteFunction;
  readonly call: RemoteCall;
  /** The names of the states that travel with it. */
  readonly attached: ReadonlySet<string>;
  readonly startedAtMs: number;
  readonly controller: AbortController;
  timeout: Deadline | undefined;
  answer: BatchResponse | undefined;
  /** Answered or timed out: what comes later is ignored. */
  ended: boolean;
}

/** The next batch of an address: the messages that wait, as far as the limits allow; one alone after a batch that was given up. */
export function nextCall({ mailbox, singly }: Activation, batchMessagesMax: number): RemoteCall {
  const messages: PendingMessage[] = [];
  let bytes = 0;
  for (const message of mailbox) {
    bytes += message.envelope.payloadBytes;
    if (messages.length > 0 && (singly > 0 || messages.length >= batchMessagesMax || bytes > batchBytesMax)) break;
    messages.push(message);
  }
  return { messages, budgetEndsAt: undefined, dueAt: undefined, attempts: 0, incompleteAnswers: 0 };
}

/** When a failed call is tried again, in milliseconds since the epoch; undefined when it is not. */
export function retryAt({ call, remote }: Pick<RemoteRun, 'call' | 'remote'>, error: unknown, nowMs: number): number | undefined {
  if (StatefunError.is(error) && error.outcome === 'give-up') return undefined;
  const asked = StatefunError.is(error) ? error.facts['retryAfterMs'] : undefined;
  const askedMs = typeof asked === 'number' ? Math.min(Math.max(asked, 0), retryAfterMsMax) : 0;
  const dueAt = nowMs + Math.max(backOffDelayMs(retryDelays, call.attempts), askedMs);
  if (isUnavailable(error) && remote.policy.whenUnavailable === 'wait') return dueAt;
  return dueAt < (call.budgetEndsAt ?? Infinity) ? dueAt : undefined;
}

/** The other side was not there, or asked for patience: no fault of the batch. */
export function isUnavailable(error: unknown): boolean {
  return hasCode(error, 'REMOTE_UNAVAILABLE');
}
