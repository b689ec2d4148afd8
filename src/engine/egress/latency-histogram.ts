/** Each bucket is this much wider than the one before: percentiles are right to about 5 %. */
const growth = 1.05;
const smallestMs = 0.01;
const buckets = 400;

/** Counts durations in buckets of growing width, so that percentiles cost no memory. */
export class LatencyHistogram {
  readonly #counts = new Float64Array(buckets);
  #count = 0;

  record(durationMs: number): void {
    const bucket = durationMs <= smallestMs ? 0 : Math.ceil(Math.log(durationMs / smallestMs) / Math.log(growth));
    const index = Math.min(bucket, buckets - 1);
    this.#counts[index] = (this.#counts[index] ?? 0) + 1;
    this.#count += 1;
  }

  get count(): number {
    return this.#count;
  }

  /** The duration that the fraction of all is not longer than, in milliseconds; undefined when nothing was recorded. */
  percentile(fraction: number): number | undefined {
    if (this.#count === 0) return undefined;
    let left = Math.max(1, Math.ceil(this.#count * fraction));
    for (let index = 0; index < buckets; index += 1) {
      left -= this.#counts[index] ?? 0;
      if (left <= 0) return smallestMs * growth ** index;
    }
    return undefined;
  }
}
