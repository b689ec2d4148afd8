/** A first-in, first-out queue with cheap removal at the front; `Array.shift` moves every element. */
export class Queue<T> {
  #items: (T | undefined)[] = [];
  #head = 0;

  get length(): number {
    return this.#items.length - this.#head;
  }

  push(item: T): void {
    this.#items.push(item);
  }

  peek(): T | undefined {
    return this.#items[this.#head];
  }

  shift(): T | undefined {
    const item = this.#items[this.#head];
    if (this.#head < this.#items.length) this.#items[this.#head++] = undefined;
    if (this.#head > 1024 && this.#head * 2 > this.#items.length) this.#compact();
    else if (this.#head === this.#items.length && this.#head > 0) this.clear();
    return item;
  }

  clear(): void {
    this.#items.length = 0;
    this.#head = 0;
  }

  *[Symbol.iterator](): IterableIterator<T> {
    // Safe: only slots before the head are empty.
    for (let index = this.#head; index < this.#items.length; index += 1) yield this.#items[index] as T;
  }

  #compact(): void {
    this.#items = this.#items.slice(this.#head);
    this.#head = 0;
  }
}
