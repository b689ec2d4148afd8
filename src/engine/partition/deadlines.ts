import type { Deadline } from './attempt-runner.ts';
import { TimerQueue } from './timer-queue.ts';

/**
 * What the partition does by itself after a while: retries and time-outs. They mean so long from now and not a time of day, so they move
 * with a clock that is set back; delayed messages, which mean a time, wait for the clock to come round.
 */
export class Deadlines extends TimerQueue<Deadline> {
  #latestMs = -Infinity;

  override takeDue(nowMs: number): Deadline | undefined {
    if (nowMs < this.#latestMs) this.moveBack(this.#latestMs - nowMs);
    this.#latestMs = nowMs;
    return super.takeDue(nowMs);
  }
}
