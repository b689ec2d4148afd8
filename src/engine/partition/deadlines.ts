import type { Deadline } from './attempt-runner.ts';
import { TimerQueue } from './timer-queue.ts';

/**
 * Retries and time-outs. They are due after a duration, so they move with a clock that is set back. Delayed messages are due at a time of day
 * and wait until the clock reaches it again.
 */
export class Deadlines extends TimerQueue<Deadline> {
  #latestMs = -Infinity;

  override takeDue(nowMs: number): Deadline | undefined {
    if (nowMs < this.#latestMs) this.moveBack(this.#latestMs - nowMs);
    this.#latestMs = nowMs;
    return super.takeDue(nowMs);
  }
}
