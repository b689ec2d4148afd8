import type { Activation } from './activation.ts';

interface Slot {
  readonly activation: Activation;
  /** Sequence of the first message in its mailbox. */
  readonly sequence: number;
}

/** Addresses with a mailbox whose first message can be handled, in the order of those messages: a binary heap. */
export class ReadyAddresses {
  readonly #heap: Slot[] = [];

  get length(): number {
    return this.#heap.length;
  }

  add(activation: Activation): void {
    const sequence = activation.mailbox?.peek()?.sequence;
    if (activation.scheduled || sequence === undefined) return;
    activation.scheduled = true;
    const heap = this.#heap;
    let index = heap.push({ activation, sequence }) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (this.#isBefore(parent, index)) return;
      this.#swap(parent, index);
      index = parent;
    }
  }

  /** The address with the oldest message; it stays until `removeFirst` is called. */
  get first(): Activation | undefined {
    for (let slot = this.#heap[0]; slot !== undefined; slot = this.#heap[0]) {
      const { activation, sequence } = slot;
      const { status, mailbox } = activation;
      const isReady = status === 'idle' || status === 'loading';
      if (isReady && mailbox?.peek()?.sequence === sequence) return activation;
      // It waits for another attempt now, or its first message was dropped.
      this.removeFirst();
      if (isReady) this.add(activation);
    }
    return undefined;
  }

  removeFirst(): void {
    const heap = this.#heap;
    const [first] = heap;
    const last = heap.pop();
    if (first === undefined || last === undefined) return;
    first.activation.scheduled = false;
    if (heap.length === 0) return;
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

  /** Returns some of the addresses, the ones with the oldest messages among them. */
  some(countMax: number): readonly Activation[] {
    return this.#heap.slice(0, countMax).map(({ activation }) => activation);
  }

  /** Sequences are unique. */
  #isBefore(a: number, b: number): boolean {
    return (this.#heap[a]?.sequence ?? Infinity) < (this.#heap[b]?.sequence ?? Infinity);
  }

  #swap(a: number, b: number): void {
    const [first, second] = [this.#heap[a], this.#heap[b]];
    if (first === undefined || second === undefined) return;
    this.#heap[a] = second;
    this.#heap[b] = first;
  }
}
