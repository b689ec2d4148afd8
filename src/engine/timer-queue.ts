/** Something that is due at a time. Cancelled ones are skipped when their time comes. */
export interface Timer {
  readonly dueAt: number;
  cancelled: boolean;
}

interface Slot<T> {
  readonly timer: T;
  readonly order: number;
}

/** Timers by due time, then in the order they were added: a binary heap. */
export class TimerQueue<T extends Timer> {
  readonly #heap: Slot<T>[] = [];
  #order = 0;

  get length(): number {
    return this.#heap.length;
  }

  add(timer: T): T {
    const heap = this.#heap;
    let index = heap.push({ timer, order: this.#order++ }) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (this.#isBefore(parent, index)) break;
      this.#swap(parent, index);
      index = parent;
    }
    return timer;
  }

  /** When the next timer is due, in milliseconds since the epoch. */
  get nextDueAt(): number | undefined {
    while (this.#heap[0]?.timer.cancelled === true) this.#removeFirst();
    return this.#heap[0]?.timer.dueAt;
  }

  /** Removes and returns the next timer that is due; undefined when there is none. */
  takeDue(nowMs: number): T | undefined {
    const dueAt = this.nextDueAt;
    if (dueAt === undefined || dueAt > nowMs) return undefined;
    const first = this.#heap[0]?.timer;
    this.#removeFirst();
    return first;
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
    if (first.timer.dueAt !== second.timer.dueAt) return first.timer.dueAt < second.timer.dueAt;
    return first.order < second.order;
  }

  #swap(a: number, b: number): void {
    const [first, second] = [this.#heap[a], this.#heap[b]];
    if (first === undefined || second === undefined) return;
    this.#heap[a] = second;
    this.#heap[b] = first;
  }
}
