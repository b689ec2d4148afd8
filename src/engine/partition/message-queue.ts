import type { PendingMessage } from './activation.ts';

/** An array with so many free places at its front is moved together, when they are more than half of it. */
const freeMax = 1_024;

/** An empty queue keeps an array up to this length, so that most messages need no new memory. */
const keptLengthMax = 65_536;

/**
 * Messages in the order in which they arrived. A message that was dropped keeps its place until it comes up.
 *
 * PARTITION-Q1. Sequences rise from the front to the end.
 * PARTITION-Q2. Messages that a commit holds are in front of those that none holds, because a cut stores all that wait.
 */
export class MessageQueue {
  readonly #items: (PendingMessage | undefined)[] = [];
  #head = 0;
  #end = 0;

  /** The oldest message. */
  get first(): PendingMessage | undefined {
    for (; this.#head < this.#end; this.removeFirst()) {
      const message = this.#items[this.#head];
      if (message?.handled === false) return message;
    }
    return undefined;
  }

  push(message: PendingMessage): void {
    this.#items[this.#end++] = message;
  }

  removeFirst(): void {
    this.#items[this.#head++] = undefined;
    if (this.#head === this.#end) this.#empty();
    else if (this.#head > freeMax && this.#head * 2 > this.#end) this.#compact();
  }

  /** Returns the messages that no commit holds, oldest first. */
  unstored(): readonly PendingMessage[] {
    let start = this.#end;
    while (start > this.#head && this.#items[start - 1]?.stored === false) start -= 1;
    return [...this.#from(start)];
  }

  [Symbol.iterator](): IterableIterator<PendingMessage> {
    return this.#from(this.#head);
  }

  *#from(start: number): IterableIterator<PendingMessage> {
    for (let index = start; index < this.#end; index += 1) {
      const message = this.#items[index];
      if (message?.handled === false) yield message;
    }
  }

  #empty(): void {
    if (this.#items.length > keptLengthMax) this.#items.length = 0;
    this.#head = 0;
    this.#end = 0;
  }

  #compact(): void {
    this.#items.copyWithin(0, this.#head, this.#end);
    this.#items.fill(undefined, this.#end - this.#head, this.#end);
    this.#end -= this.#head;
    this.#head = 0;
  }
}
