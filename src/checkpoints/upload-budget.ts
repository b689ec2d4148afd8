import type { Pacing } from './pacing.ts';

/** Limits how many bytes a second are uploaded, so that checkpoints leave the network to the application. */
export class UploadBudget {
  readonly #bytesPerSecondMax: number;
  readonly #pacing: Pacing;
  /** Time at which everything that was spent so far is paid for. */
  #paidAtMs = -Infinity;

  constructor(bytesPerSecondMax: number, pacing: Pacing) {
    this.#bytesPerSecondMax = bytesPerSecondMax;
    this.#pacing = pacing;
  }

  /** Resolves when the bytes may be uploaded. */
  async spend(bytes: number): Promise<void> {
    const nowMs = this.#pacing.elapsedMs();
    const startMs = Math.max(nowMs, this.#paidAtMs);
    this.#paidAtMs = startMs + (bytes / this.#bytesPerSecondMax) * 1_000;
    if (startMs > nowMs) await this.#pacing.sleep(startMs - nowMs);
  }
}
