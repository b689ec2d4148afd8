/** Cancelled timers that are kept at least, so that few of them cost nothing. */
const cancelledMin = 64;

/** Something that is due at a time. */
export interface Timer {
  readonly dueAt: number;
  /** Set by the queue; it does not come up any more. */
  cancelled: boolean;
}

interface Slot<T> {
  readonly timer: T;
  /** When it is due, plus what the queue had been moved back by when it was added. */
  readonly dueAt: number;
  readonly order: number;
}

/**
 * Timers by due time, then in the order they were added: a binary heap. Cancelled ones stay in it until they come up or are as many as the
 * others: a timer that is set far ahead and taken back again and again needs no more memory than one that is not.
 */
export class TimerQueue<T extends Timer> {
  #heap: Slot<T>[] = [];
  #order = 0;
  #cancelled = 0;
  #movedBackMs = 0;

  /** Timers in memory, cancelled ones included. */
  get length(): number {
    return this.#heap.length;
  }

  add(timer: T): T {
    const heap = this.#heap;
    let index = heap.push({ timer, dueAt: timer.dueAt + this.#movedBackMs, order: this.#order++ }) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (this.#isBefore(parent, index)) break;
      this.#swap(parent, index);
      index = parent;
    }
    return timer;
  }

  /** Takes back a timer of this queue that has not come up; calling it again does nothing. */
  cancel(timer: T): void {
    if (timer.cancelled) return;
    timer.cancelled = true;
    this.#cancelled += 1;
    if (this.#cancelled < cancelledMin || this.#cancelled * 2 < this.#heap.length) return;
    // A sorted array is a heap.
    this.#heap = this.#heap.filter(({ timer: kept }) => !kept.cancelled).sort((a, b) => a.dueAt - b.dueAt || a.order - b.order);
    this.#cancelled = 0;
  }

  /** When the next timer is due, in milliseconds since the epoch. */
  get nextDueAt(): number | undefined {
    while (this.#heap[0]?.timer.cancelled === true) {
      this.#removeFirst();
      this.#cancelled -= 1;
    }
    const first = this.#heap[0];
    return first && first.dueAt - this.#movedBackMs;
  }

  /** Removes and returns the next timer that is due; undefined when there is none. */
  takeDue(nowMs: number): T | undefined {
    const dueAt = this.nextDueAt;
    if (dueAt === undefined || dueAt > nowMs) return undefined;
    const first = this.#heap[0]?.timer;
    this.#removeFirst();
    return first;
  }

  /** Everything in the queue is due so much earlier than was said. */
  moveBack(byMs: number): void {
    this.#movedBackMs += byMs;
  }

  #removeFirst(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (heap.length === 0 || last === undefined) return;
    heap[0] = last;
    for (let index = 0; ;) {
      const left = 2 * index + 1;
      if (left >= heap.length) return;
      const child = left + 1 < heap.length && this.#isBefore(left + 1, left) ? left + 1 : left;
      if (this.#isBefore(index, child)) return;
      this.#swap(index, child);
      index = child;
    }
  }

  #isBefore(a: number, b: number): boolean {
    const [first, second] = [this.#heap[a], this.#heap[b]];
    if (first === undefined || second === undefined) return first !== undefined;
    if (first.dueAt !== second.dueAt) return first.dueAt < second.dueAt;
    return first.order < second.order;
  }

  #swap(a: number, b: number): void {
    const [first, second] = [this.#heap[a], this.#heap[b]];
    if (first === undefined || second === undefined) return;
    this.#heap[a] = second;
    this.#heap[b] = first;
  }
}
