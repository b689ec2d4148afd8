import { startTimer, type CancelTimer } from '../../shared/time/timers.ts';

/** How long a handler that awaits something outside may keep `whenQuiet` waiting, in milliseconds of real time. */
const settleGraceMs = 1_000;

/**
 * How much there is still to do: `busy`, nothing before the clock moves, or only handlers that await something outside. How many handlers
 * have been started so far tells whether those are the same as before.
 */
export type Activity = 'busy' | 'quiet' | { readonly handlersStarted: number };

/**
 * Tells those who wait when the engine has become quiet. Its timer is Node's own, which the fake timers of a test runner do not reach.
 */
export class QuietWatch {
  readonly #activity: () => Activity;
  readonly #graceMs: number;
  /** How many handlers had been started when the grace last ran out: no others hang now. */
  #outwaited: number | undefined;
  #waiters: (() => void)[] = [];
  #grace: CancelTimer | undefined;

  constructor(activity: () => Activity, graceMs: number = settleGraceMs) {
    this.#activity = activity;
    this.#graceMs = graceMs;
  }

  /**
   * Resolves when nothing can happen unless the clock moves or a record comes in: everything sent is handled, committed and acknowledged.
   * Handlers that await something outside are given a second of real time, once; one that never settles does not keep the caller for ever.
   */
  whenQuiet(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiters.push(resolve);
      this.check();
    });
  }

  /** Called whenever the engine has done something. */
  check(): void {
    if (this.#waiters.length === 0) return;
    const activity = this.#activity();
    if (activity === 'quiet') this.release();
    else if (activity === 'busy') this.#stopGrace();
    else if (this.#outwaited === activity.handlersStarted) this.release();
    else this.#grace ??= startTimer(this.#graceMs, () => this.#outwait(activity.handlersStarted));
  }

  /** Lets everyone go: the engine is quiet, or it has stopped. */
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
