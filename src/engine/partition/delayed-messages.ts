import type { Message } from '../../functions/message.ts';
import { formatAddress, type Address } from '../../shared/address.ts';
import { TimerQueue, type Timer } from './timer-queue.ts';

/** A message that arrives later. */
export interface Delayed extends Timer {
  readonly message: Message;
  readonly sequence: number;
  readonly token: string | undefined;
  /** Whether a commit holds it. */
  stored: boolean;
  /** Whether it has arrived or was cancelled. */
  ended: boolean;
}

/** The values that a delayed message is created from. */
export type DelayedSeed = Pick<Delayed, 'message' | 'sequence' | 'dueAt' | 'token' | 'stored'>;

/**
 * Keeps the delayed messages of a partition by due time. The sender can cancel a message that has a token. Functions of this process cannot use
 * a pending token again; remote functions can, and then the token names all of these messages.
 */
export class DelayedMessages {
  readonly #queue = new TimerQueue<Delayed>();
  readonly #pending = new Set<Delayed>();
  readonly #byToken = new Map<string, readonly Delayed[]>();
  #bytes = 0;
  readonly #scopeOf: (sender: Address) => string;

  /** `scopeOf` returns the scope within which a sender's tokens are its own. */
  constructor(scopeOf: (sender: Address) => string = formatAddress) {
    this.#scopeOf = scopeOf;
  }

  add(seed: DelayedSeed): Delayed {
    const delayed = { ...seed, ended: false, cancelled: false };
    this.#queue.add(delayed);
    this.#pending.add(delayed);
    this.#bytes += delayed.message.payloadBytes;
    if (delayed.token === undefined) return delayed;
    const key = this.#tokenKey(delayed.message.caller, delayed.token);
    this.#byToken.set(key, [...(this.#byToken.get(key) ?? []), delayed]);
    return delayed;
  }

  isPending(sender: Address, token: string): boolean {
    return this.#byToken.has(this.#tokenKey(sender, token));
  }

  /** Cancels and returns the pending messages with the token, in the scope of the sender; there may be none. */
  cancel(sender: Address, token: string): readonly Delayed[] {
    const named = this.#byToken.get(this.#tokenKey(sender, token)) ?? [];
    for (const delayed of named) {
      this.#queue.cancel(delayed);
      this.#forget(delayed);
    }
    return named;
  }

  /** Cancels a pending message of any sender. */
  drop(delayed: Delayed): void {
    this.#queue.cancel(delayed);
    this.#forget(delayed);
  }

  takeDue(nowMs: number): Delayed | undefined {
    const delayed = this.#queue.takeDue(nowMs);
    if (delayed !== undefined) this.#forget(delayed);
    return delayed;
  }

  get nextDueAt(): number | undefined {
    return this.#queue.nextDueAt;
  }

  get size(): number {
    return this.#pending.size;
  }

  /** Payloads of the pending messages, in bytes. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Returns the pending messages by due time, then in the order in which they were sent. */
  list(): readonly Delayed[] {
    return [...this.#pending].sort((a, b) => a.dueAt - b.dueAt || a.sequence - b.sequence);
  }

  #forget(delayed: Delayed): void {
    delayed.ended = true;
    this.#pending.delete(delayed);
    this.#bytes -= delayed.message.payloadBytes;
    if (delayed.token === undefined) return;
    const key = this.#tokenKey(delayed.message.caller, delayed.token);
    const others = this.#byToken.get(key)?.filter((named) => named !== delayed) ?? [];
    if (others.length === 0) this.#byToken.delete(key);
    else this.#byToken.set(key, others);
  }

  #tokenKey(sender: Address | undefined, token: string): string {
    // An id may contain any character, so the length marks the end of the token.
    return `${token.length}:${token}${sender === undefined ? '' : this.#scopeOf(sender)}`;
  }
}
