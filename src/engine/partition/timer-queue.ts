/** Cancelled timers are not removed before there are so many. */
const cancelledMin = 64;

/** An entry of a timer queue. */
export interface Timer {
  readonly dueAt: number;
  /** Set by the queue. A cancelled timer is never returned. */
  cancelled: boolean;
}

interface Slot<T> {
  readonly timer: T;
  /** Its due time, plus the time by which the queue had been moved back when it was added. */
  readonly dueAt: number;
  readonly order: number;
}

/**
 * Timers by due time, then in the order in which they were added: a binary heap. Cancelled timers stay in it until they come up or are as many as
 * the others, so a timer that is set and cancelled again and again needs no more memory than one that is set once.
 */
export class TimerQueue<T extends Timer> {
  #heap: Slot<T>[] = [];
  #order = 0;
  #cancelled = 0;
  #movedBackMs = 0;

  /** The number of timers in memory, including cancelled ones. */
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

  /** Cancels a timer of this queue. Calling it again does nothing. */
  cancel(timer: T): void {
    if (timer.cancelled) return;
    timer.cancelled = true;
    this.#cancelled += 1;
    if (this.#cancelled < cancelledMin || this.#cancelled * 2 < this.#heap.length) return;
    // A sorted array is a heap.
    this.#heap = this.#heap.filter(({ timer: kept }) => !kept.cancelled).sort((a, b) => a.dueAt - b.dueAt || a.order - b.order);
    this.#cancelled = 0;
  }

  /** Due time of the next timer, in milliseconds since the epoch. */
  get nextDueAt(): number | undefined {
    while (this.#heap[0]?.timer.cancelled === true) {
      this.#removeFirst();
      this.#cancelled -= 1;
    }
    const first = this.#heap[0];
    return first && first.dueAt - this.#movedBackMs;
  }

  /** Removes and returns the next timer that is due. Returns undefined when there is none. */
  takeDue(nowMs: number): T | undefined {
    const dueAt = this.nextDueAt;
    if (dueAt === undefined || dueAt > nowMs) return undefined;
    const first = this.#heap[0]?.timer;
    this.#removeFirst();
    return first;
  }

  /** Makes every timer in the queue due earlier. */
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
