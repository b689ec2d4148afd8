import type { Run } from '../../engine/partition/run.ts';
import { within } from '../../shared/time/deadline.ts';

/**
 * The asynchronous handlers that a test waits for. They may await something outside in real time, so the wait for each is limited. After it, a
 * handler only ends by its timeout, which depends on the test's clock.
 */
export class RunningHandlers {
  readonly #graceMs: number;
  readonly #settling = new Map<Run, Promise<void>>();
  readonly #outwaited = new Set<Run>();

  constructor(graceMs: number) {
    this.#graceMs = graceMs;
  }

  /** Adds a run. `settling` resolves when the partition has settled it. */
  add(run: Run, settling: Promise<void>): void {
    const ended = settling.finally(() => {
      this.#settling.delete(run);
      this.#outwaited.delete(run);
    });
    this.#settling.set(run, ended);
  }

  /** Waits until one more handler has ended. Returns false if there is none to wait for. */
  async next(): Promise<boolean> {
    const awaited = [...this.#settling].filter(([run]) => !run.ended && !this.#outwaited.has(run));
    if (awaited.length === 0) return false;
    const inTime = await within(this.#graceMs, Promise.race(awaited.map(([, ended]) => ended)));
    if (!inTime) for (const [run] of awaited) this.#outwaited.add(run);
    return inTime;
  }
}
