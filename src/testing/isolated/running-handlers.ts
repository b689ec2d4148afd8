import type { Run } from '../../engine/partition/attempt-runner.ts';
import { within } from '../../shared/time/deadline.ts';

/**
 * The asynchronous handlers a test waits for. What they wait for may be outside, in real time, so the patience with each is limited:
 * whoever has used it up is left to its time-out, which the test's clock decides.
 */
export class RunningHandlers {
  readonly #graceMs: number;
  readonly #settling = new Map<Run, Promise<void>>();
  readonly #outwaited = new Set<Run>();

  constructor(graceMs: number) {
    this.#graceMs = graceMs;
  }

  /** `settling` resolves when the partition knows the end of the run. */
  add(run: Run, settling: Promise<void>): void {
    const ended = settling.finally(() => {
      this.#settling.delete(run);
      this.#outwaited.delete(run);
    });
    this.#settling.set(run, ended);
  }

  /** Waits until one more handler has ended; false when there is none to wait for. */
  async next(): Promise<boolean> {
    const awaited = [...this.#settling].filter(([run]) => !run.ended && !this.#outwaited.has(run));
    if (awaited.length === 0) return false;
    const inTime = await within(this.#graceMs, Promise.race(awaited.map(([, ended]) => ended)));
    if (!inTime) for (const [run] of awaited) this.#outwaited.add(run);
    return inTime;
  }
}
