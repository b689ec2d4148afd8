import type { Message } from '../../functions/message.ts';
import type { Envelope } from '../../envelope/envelope.ts';
import type { Address } from '../../shared/address.ts';
import type { AttemptFailure } from './attempt-failure.ts';

/** A message whose handling no commit has recorded yet. */
export class PendingMessage implements Message {
  readonly target: Address;
  readonly caller: Address | undefined;
  readonly envelope: Envelope;
  /** Position in the order of the partition's messages; kept by a recovery. */
  readonly sequence: number;
  readonly receivedAtMs: number | undefined;
  /** The number of failed attempts. */
  attempts = 0;
  /** Earliest time of the next attempt, in milliseconds since the epoch. */
  retryAt: number | undefined;
  /** The failure of the last attempt. */
  failure: AttemptFailure | undefined;
  /** Whether a commit holds it. Then its handling must remove it from the store. */
  stored = false;
  handled = false;

  constructor(message: Message, sequence: number) {
    this.target = message.target;
    this.caller = message.caller;
    this.envelope = message.envelope;
    this.sequence = sequence;
    this.receivedAtMs = message.receivedAtMs;
  }
}
