import { ManualClock } from '../../shared/time/manual-clock.ts';

/** A clock that the simulation moves, also backwards. An application gets it once, and each run restarts it. */
export class SimulatedClock extends ManualClock {
  #latestMs = 0;

  /** The latest time that the clock has shown, in milliseconds since the epoch. After a jump backwards `now()` is earlier. */
  get latest(): number {
    return this.#latestMs;
  }

  override restart(startMs: number): void {
    super.restart(startMs);
    this.#latestMs = startMs;
  }

  /** Sets the clock forward or back. Scheduled callbacks keep their due times. */
  jump(byMs: number): void {
    this.moveTo(this.now() + byMs);
  }

  protected override moveTo(nowMs: number): void {
    super.moveTo(nowMs);
    this.#latestMs = Math.max(this.#latestMs, nowMs);
  }
}
