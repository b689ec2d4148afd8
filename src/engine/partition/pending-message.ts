import type { Message } from '../../functions/message.ts';
import type { Envelope } from '../../envelope/envelope.ts';
import type { Address } from '../../shared/address.ts';
import type { AttemptFailure } from './attempt-failure.ts';

/** A message that no commit has recorded as handled yet. */
export class PendingMessage implements Message {
  readonly target: Address;
  readonly caller: Address | undefined;
  readonly envelope: Envelope;
  /** Orders the messages of the partition, also after a recovery. */
  readonly sequence: number;
  readonly receivedAtMs: number | undefined;
  /** Attempts that failed. */
  attempts = 0;
  /** When it may be tried again, in milliseconds since the epoch. */
  retryAt: number | undefined;
  /** Why its last attempt failed. */
  failure: AttemptFailure | undefined;
  /** A commit holds it: handling it must remove it there. */
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
