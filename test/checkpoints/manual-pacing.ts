import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Pacing } from '../../src/checkpoints/pacing.ts';
import { seededRandom } from '../../src/shared/seeded-random.ts';
import { ManualClock } from '../../src/shared/time/manual-clock.ts';

/** A time that tests move by hand. The time of day can be set beside it. */
export class ManualPacing implements Pacing {
  readonly clock = new ManualClock(1_000_000);
  /** What the time of day is ahead. */
  wallAheadMs = Date.UTC(2026, 0, 1);
  readonly random: () => number;

  constructor(seed = 1) {
    this.random = seededRandom(seed);
  }

  elapsedMs(): number {
    return this.clock.now();
  }

  wallMs(): number {
    return this.clock.now() + this.wallAheadMs;
  }

  sleep(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.clock.schedule(this.clock.now() + delayMs, resolve);
    });
  }

  schedule(delayMs: number, callback: () => void): () => void {
    return this.clock.schedule(this.clock.now() + delayMs, callback);
  }

  /** Lets the time pass, and everything happen that follows. */
  async pass(ms: number): Promise<void> {
    const untilMs = this.clock.now() + ms;
    do await settle();
    while (this.clock.step(untilMs));
    await settle();
  }

  /** Lets time pass until the promise has settled, and returns what it did. */
  async until<T>(promise: Promise<T>): Promise<T> {
    let settled = false;
    const done = (): void => void (settled = true);
    promise.then(done, done);
    for (let turns = 0; !settled; turns += 1) {
      await nextTurn();
      // Files are read and written in real time, which the clock must not run away from.
      if (!settled && turns % 50 === 49) this.clock.step();
    }
    return promise;
  }
}

/** Lets everything happen that does not wait for the clock. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 4; turn += 1) await nextTurn();
}
