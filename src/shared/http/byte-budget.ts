/**
 * Limits the memory of all requests that are being handled.
 *
 * 1. Bodies that are being received never use more than `bytesMax`.
 * 2. When there is no room, the body that has been incomplete longest is evicted. Slow bodies, however many, cannot keep out a fast one.
 * 3. A complete body keeps its room until it is released.
 * 4. Closing the budget evicts every incomplete body.
 */
export class ByteBudget {
  readonly #bytesMax: number;
  readonly #incomplete = new Set<ByteLease>();
  #bytesUsed = 0;
  #closed = false;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  get bytesUsed(): number {
    return this.#bytesUsed;
  }

  /** Whether the server is stopping, so that requests with incomplete bodies are refused. */
  get closed(): boolean {
    return this.#closed;
  }

  /** Evicts the requests whose bodies are incomplete. A stopping server does not wait for them. */
  close(): void {
    this.#closed = true;
    for (const lease of this.#incomplete) lease.evict();
  }

  /** Returns the lease of one request. `evict` is called when other requests need its room or the budget closes, and ends the request. */
  lease(evict: () => void): ByteLease {
    let bytesHeld = 0;
    const lease: ByteLease = {
      take: (bytes) => {
        if (!this.#makeRoom(bytes, lease)) return false;
        lease.hold(bytes);
        return true;
      },
      hold: (bytes) => {
        bytesHeld += bytes;
        this.#bytesUsed += bytes;
      },
      complete: () => void this.#incomplete.delete(lease),
      release: () => {
        this.#incomplete.delete(lease);
        this.#bytesUsed -= bytesHeld;
        bytesHeld = 0;
      },
      evict: () => {
        lease.release();
        evict();
      },
    };
    this.#incomplete.add(lease);
    return lease;
  }

  #makeRoom(bytes: number, asking: ByteLease): boolean {
    while (this.#bytesUsed + bytes > this.#bytesMax) {
      // A set keeps the order in which bodies began.
      const oldest = this.#incomplete.values().next().value;
      if (oldest === undefined || oldest === asking) return false;
      oldest.evict();
    }
    return true;
  }
}

/** The share of one request in a budget. */
export interface ByteLease {
  /** Takes room for more bytes. Returns false when there is none. */
  take(bytes: number): boolean;
  /** Counts bytes that already exist, such as a response, even beyond the limit. */
  hold(bytes: number): void;
  /** Marks the body as complete: it is no longer evicted. */
  complete(): void;
  release(): void;
  evict(): void;
}
