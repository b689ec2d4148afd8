import type { Message } from '../functions/message.ts';
import { formatAddress, type Address } from '../shared/address.ts';
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

/** The delayed messages of a partition, by due time; those with a token can be taken back by the address that sent them. */
export class DelayedMessages {
  readonly #queue = new TimerQueue<Delayed>();
  readonly #pending = new Set<Delayed>();
  readonly #byToken = new Map<string, Delayed>();

  add(seed: DelayedSeed): Delayed {
    const delayed = { ...seed, ended: false, cancelled: false };
    this.#queue.add(delayed);
    this.#pending.add(delayed);
    if (delayed.token !== undefined) this.#byToken.set(tokenKey(delayed.message.caller, delayed.token), delayed);
    return delayed;
  }

  isPending(sender: Address, token: string): boolean {
    return this.#byToken.has(tokenKey(sender, token));
  }

  /** Takes back the sender's delayed message with the token; undefined when there is none. */
  cancel(sender: Address, token: string): Delayed | undefined {
    const delayed = this.#byToken.get(tokenKey(sender, token));
    if (delayed === undefined) return undefined;
    this.#queue.cancel(delayed);
    this.#forget(delayed);
    return delayed;
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

  /** The pending ones, by due time, then as they were sent. */
  list(): readonly Delayed[] {
    return [...this.#pending].sort((a, b) => a.dueAt - b.dueAt || a.sequence - b.sequence);
  }

  #forget(delayed: Delayed): void {
    delayed.ended = true;
    this.#pending.delete(delayed);
    if (delayed.token !== undefined) this.#byToken.delete(tokenKey(delayed.message.caller, delayed.token));
  }
}

function tokenKey(sender: Address | undefined, token: string): string {
  // An id may hold any character, so the length says where the token ends.
  return `${token.length}:${token}${sender === undefined ? '' : formatAddress(sender)}`;
}
