import type { Message } from '../../functions/message.ts';
import { formatAddress, type Address } from '../../shared/address.ts';
import { TimerQueue, type Timer } from './timer-queue.ts';

/** A message whose time has not come. */
export interface Delayed extends Timer {
  readonly message: Message;
  readonly sequence: number;
  readonly token: string | undefined;
  /** A commit holds it. */
  stored: boolean;
  /** It has fired or was taken back. */
  ended: boolean;
}

/** What makes a delayed message; `stored` when a commit holds it. */
export type DelayedSeed = Pick<Delayed, 'message' | 'sequence' | 'dueAt' | 'token' | 'stored'>;

/**
 * The delayed messages of a partition, by due time; those with a token can be taken back by the address that sent them. Functions of this
 * process are kept from using a token twice; those elsewhere may, and then the token stands for all of their messages.
 */
export class DelayedMessages {
  readonly #queue = new TimerQueue<Delayed>();
  readonly #pending = new Set<Delayed>();
  readonly #byToken = new Map<string, readonly Delayed[]>();
  #bytes = 0;
  readonly #scopeOf: (sender: Address) => string;

  /** `scopeOf`: within what the tokens of a sender are its own. */
  constructor(scopeOf: (sender: Address) => string = formatAddress) {
    this.#scopeOf = scopeOf;
  }

  add(seed: DelayedSeed): Delayed {
    const delayed = { ...seed, ended: false, cancelled: false };
    this.#queue.add(delayed);
    this.#pending.add(delayed);
    this.#bytes += delayed.message.envelope.payloadBytes;
    if (delayed.token === undefined) return delayed;
    const key = this.#tokenKey(delayed.message.caller, delayed.token);
    this.#byToken.set(key, [...(this.#byToken.get(key) ?? []), delayed]);
    return delayed;
  }

  isPending(sender: Address, token: string): boolean {
    return this.#byToken.has(this.#tokenKey(sender, token));
  }

  /** Takes back the pending messages with the token, of the sender and of whom shares its tokens; there may be none. */
  cancel(sender: Address, token: string): readonly Delayed[] {
    const named = this.#byToken.get(this.#tokenKey(sender, token)) ?? [];
    for (const delayed of named) {
      this.#queue.cancel(delayed);
      this.#forget(delayed);
    }
    return named;
  }

  /** Takes back a pending message, whoever sent it. */
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

  /** Payloads of the pending ones, in bytes. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The pending ones, by due time, then as they were sent. */
  list(): readonly Delayed[] {
    return [...this.#pending].sort((a, b) => a.dueAt - b.dueAt || a.sequence - b.sequence);
  }

  #forget(delayed: Delayed): void {
    delayed.ended = true;
    this.#pending.delete(delayed);
    this.#bytes -= delayed.message.envelope.payloadBytes;
    if (delayed.token === undefined) return;
    const key = this.#tokenKey(delayed.message.caller, delayed.token);
    const others = this.#byToken.get(key)?.filter((named) => named !== delayed) ?? [];
    if (others.length === 0) this.#byToken.delete(key);
    else this.#byToken.set(key, others);
  }

  #tokenKey(sender: Address | undefined, token: string): string {
    // An id may hold any character, so the length says where the token ends.
    return `${token.length}:${token}${sender === undefined ? '' : this.#scopeOf(sender)}`;
  }
}
