/** How the waits between tries grow. */
export interface BackOffDelays {
  /** Wait after the first failure, in milliseconds. Each further failure doubles it. */
  readonly firstMs: number;
  /** Longest wait, in milliseconds. */
  readonly maxMs: number;
}

/** Returns the wait after the given number of failures in a row (at least 1), in milliseconds. */
export function backOffDelayMs({ firstMs, maxMs }: BackOffDelays, failures: number): number {
  // 2 ** 1024 is Infinity, and 0 times Infinity is NaN: a first wait of 0 has to stay 0.
  return Math.min(firstMs * 2 ** Math.min(failures - 1, 1_000), maxMs);
}
