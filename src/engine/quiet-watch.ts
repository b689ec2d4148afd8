/** How long a handler that awaits something outside may keep `whenQuiet` waiting, in milliseconds of real time. */
const settleGraceMs = 1_000;

/** How much there is still to do: `busy`, only handlers that await something outside, or nothing before the clock moves. */
export type Activity = 'busy' | 'awaiting-handlers' | 'quiet';

/** Tells those who wait when the engine has become quiet. */
export class QuietWatch {
  readonly #activity: () => Activity;
  #waiters: (() => void)[] = [];
  #grace: NodeJS.Timeout | undefined;

  constructor(activity: () => Activity) {
    this.#activity = activity;
  }

  /**
   * Resolves when nothing can happen unless the clock moves or a record comes in: everything sent is handled, committed and acknowledged.
   * Handlers that await something outside are given a second of real time; one that never settles does not keep the caller for ever.
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
    else this.#grace ??= setTimeout(() => this.release(), settleGraceMs);
  }

  /** Lets everyone go: the engine is quiet, or it has stopped. */
  release(): void {
    this.#stopGrace();
    for (const resolve of this.#waiters.splice(0)) resolve();
  }

  #stopGrace(): void {
    clearTimeout(this.#grace);
    this.#grace = undefined;
  }
}
