/**
 * The memory that requests under way may use in all.
 *
 * 1. Never more than `bytesMax` is used by bodies that are being received.
 * 2. When there is no room, the body that has been incomplete for longest makes room: however many trickle in, one that comes swiftly is taken.
 * 3. What is complete keeps its room until it is released.
 */
export class ByteBudget {
  readonly #bytesMax: number;
  readonly #incomplete = new Set<ByteLease>();
  #bytesUsed = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  get bytesUsed(): number {
    return this.#bytesUsed;
  }

  /** Room for one request. `evict` is called when others need it: the request is over then. */
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

/** What one request holds of a budget. */
export interface ByteLease {
  /** Whether there is room for so many bytes more. */
  take(bytes: number): boolean;
  /** Counts bytes that are there already, such as an answer: if they are too many, others wait for them. */
  hold(bytes: number): void;
  /** All of the body is there: nobody takes the room away any more. */
  complete(): void;
  release(): void;
  evict(): void;
}
