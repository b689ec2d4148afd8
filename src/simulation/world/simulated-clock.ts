import type { Cancel, Clock } from '../../shared/time/clock.ts';

interface Scheduled {
  readonly dueAt: number;
  readonly order: number;
  readonly callback: () => void;
}

/** A clock that the simulation moves, also backwards. One is given to the application once, and begins again with every run. */
export class SimulatedClock implements Clock {
  #scheduled: Scheduled[] = [];
  #nowMs = 0;
  #latestMs = 0;
  #order = 0;

  /** A run begins: what was scheduled is forgotten. */
  restart(nowMs: number): void {
    this.#nowMs = nowMs;
    this.#latestMs = nowMs;
    this.#scheduled = [];
  }

  /** The process is gone, and what it had scheduled with it. */
  forget(): void {
    this.#scheduled = [];
  }

  now(): number {
    return this.#nowMs;
  }

  /** The latest time it has shown; a clock that went back is earlier. */
  get latest(): number {
    return this.#latestMs;
  }

  schedule(dueAt: number, callback: () => void): Cancel {
    const scheduled = { dueAt, order: this.#order++, callback };
    this.#scheduled.push(scheduled);
    return () => {
      const index = this.#scheduled.indexOf(scheduled);
      if (index >= 0) this.#scheduled.splice(index, 1);
    };
  }

  /** When the next callback is due, in milliseconds since the epoch. */
  get nextDueAt(): number | undefined {
    return this.#next()?.dueAt;
  }

  /** Moves to the next callback and calls it; one whose time has passed is called without moving. */
  step(): void {
    const next = this.#next();
    if (next === undefined) return;
    this.#scheduled.splice(this.#scheduled.indexOf(next), 1);
    this.#moveTo(Math.max(this.#nowMs, next.dueAt));
    next.callback();
  }

  /** Somebody sets the clock. */
  jump(byMs: number): void {
    this.#moveTo(this.#nowMs + byMs);
  }

  #moveTo(nowMs: number): void {
    this.#nowMs = nowMs;
    this.#latestMs = Math.max(this.#latestMs, nowMs);
  }

  #next(): Scheduled | undefined {
    let next: Scheduled | undefined;
    for (const scheduled of this.#scheduled) {
      if (next === undefined || scheduled.dueAt < next.dueAt || (scheduled.dueAt === next.dueAt && scheduled.order < next.order))
        next = scheduled;
    }
    return next;
  }
}
