import { startTimer, type CancelTimer } from '../../shared/time/timers.ts';

/** Longest time that a handler which awaits something outside keeps `whenQuiet` waiting, in milliseconds of real time. */
const settleGraceMs = 1_000;

/**
 * The work that is left: `busy`; `quiet`, nothing until the clock moves; or only handlers that await something outside. The number of handlers
 * started so far shows whether they are the same handlers as before.
 */
export type Activity = 'busy' | 'quiet' | { readonly handlersStarted: number };

/**
 * Resolves the promises of `whenQuiet` when the engine becomes quiet. Its timer is Node's own, which fake timers of a test runner do not replace.
 */
export class QuietWatch {
  readonly #activity: () => Activity;
  readonly #graceMs: number;
  /** The number of handlers that had been started when the grace period last ended. */
  #outwaited: number | undefined;
  #waiters: (() => void)[] = [];
  #grace: CancelTimer | undefined;

  constructor(activity: () => Activity, graceMs: number = settleGraceMs) {
    this.#activity = activity;
    this.#graceMs = graceMs;
  }

  /**
   * Resolves when nothing can happen unless the clock moves or a record comes in: everything sent is handled, committed and acknowledged.
   * Handlers that await something outside get a second of real time, once; a handler that never settles does not block the caller.
   */
  whenQuiet(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiters.push(resolve);
      this.check();
    });
  }

  /** Whether somebody waits. */
  get awaited(): boolean {
    return this.#waiters.length > 0;
  }

  /** Checks whether the engine is quiet. Called after every turn. */
  check(): void {
    if (this.#waiters.length === 0) return;
    const activity = this.#activity();
    if (activity === 'quiet') this.release();
    else if (activity === 'busy') this.#stopGrace();
    else if (this.#outwaited === activity.handlersStarted) this.release();
    else this.#grace ??= startTimer(this.#graceMs, () => this.#outwait(activity.handlersStarted));
  }

  /** Resolves all waiting promises: the engine is quiet or has stopped. */
  release(): void {
    this.#stopGrace();
    for (const resolve of this.#waiters.splice(0)) resolve();
  }

  #outwait(handlersStarted: number): void {
    this.#outwaited = handlersStarted;
    this.release();
  }

  #stopGrace(): void {
    this.#grace?.();
    this.#grace = undefined;
  }
}
