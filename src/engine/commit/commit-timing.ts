import type { Pace } from './pace.ts';

/** Longest time that acknowledgements wait for something else to commit with, in milliseconds. After a crash they are the records that leave again. */
const acknowledgementsMsMax = 10;

/** The time in which commits are counted, in milliseconds. */
const countedMs = 1_000;

export interface CommitTimingOptions {
  readonly pace: Pick<Pace, 'now' | 'gap'>;
  /** Longest time between two commits under load, in milliseconds. No wait is longer. */
  readonly commitIntervalMs: number;
}

/**
 * Decides how long an idle engine waits before it commits. A commit costs the same whatever it holds, and an engine that is busy is idle between two
 * records.
 *
 * - Acknowledgements alone wait, so that they commit with something else.
 * - After many commits in a second, the next one is not cut right after the one before.
 * - Otherwise nothing waits: neither when the engine has little to do, nor when somebody waits for it.
 */
export class CommitTiming {
  readonly #options: CommitTimingOptions;
  /** Times of the last cuts: as many as there may be in a second before commits wait. The next one takes the place of the oldest. */
  readonly #cutsMs: Float64Array;
  #cuts = 0;
  #lastCutMs: number;
  #acknowledgedMs: number | undefined;

  constructor(options: CommitTimingOptions) {
    this.#options = options;
    this.#lastCutMs = options.pace.now();
    this.#cutsMs = new Float64Array(options.pace.gap.afterCommits).fill(-Infinity);
  }

  /** Time since the last cut or, before the first one, since the start, in milliseconds. */
  get sinceCutMs(): number {
    return this.#options.pace.now() - this.#lastCutMs;
  }

  /** Returns for how many more milliseconds the commit of an idle engine waits; 0 or less when it is due. */
  waitMs(acknowledgementsOnly: boolean): number {
    const { pace } = this.#options;
    const nowMs = pace.now();
    const gap = nowMs - this.#oldestCutMs < countedMs ? pace.gap.ms - (nowMs - this.#lastCutMs) : 0;
    if (!acknowledgementsOnly) return Math.min(gap, this.#options.commitIntervalMs);
    this.#acknowledgedMs ??= nowMs;
    return Math.min(Math.max(gap, acknowledgementsMsMax - (nowMs - this.#acknowledgedMs)), this.#options.commitIntervalMs);
  }

  /** Notes a cut. */
  cut(): void {
    this.#lastCutMs = this.#options.pace.now();
    this.#cutsMs[this.#cuts] = this.#lastCutMs;
    this.#cuts = (this.#cuts + 1) % this.#cutsMs.length;
    this.#acknowledgedMs = undefined;
  }

  get #oldestCutMs(): number {
    return this.#cutsMs[this.#cuts] ?? -Infinity;
  }
}
