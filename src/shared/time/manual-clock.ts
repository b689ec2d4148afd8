import type { Cancel, Clock } from './clock.ts';

interface Scheduled {
  readonly dueAt: number;
  readonly order: number;
  readonly callback: () => void;
}

/** A clock that moves only when `step` is called. For tests and `statefun play`. */
export class ManualClock implements Clock {
  readonly #scheduled = new Set<Scheduled>();
  #nowMs: number;
  #order = 0;

  constructor(startMs: number = Date.UTC(2026, 0, 1)) {
    this.#nowMs = startMs;
  }

  now(): number {
    return this.#nowMs;
  }

  /** Starts again at a time. Scheduled callbacks are dropped. */
  restart(startMs: number): void {
    this.forget();
    this.#nowMs = startMs;
  }

  /** Drops the scheduled callbacks. */
  forget(): void {
    this.#scheduled.clear();
  }

  schedule(dueAt: number, callback: () => void): Cancel {
    const scheduled = { dueAt, order: this.#order++, callback };
    this.#scheduled.add(scheduled);
    return () => this.#scheduled.delete(scheduled);
  }

  /** Due time of the next callback, in milliseconds since the epoch. */
  get nextDueAt(): number | undefined {
    return this.#next()?.dueAt;
  }

  /**
   * Moves to the next callback that is due by `untilMs` and calls it. Without one, moves to `untilMs` and returns false.
   *
   * @defaultValue `untilMs` is the due time of the next callback
   */
  step(untilMs: number = this.nextDueAt ?? this.#nowMs): boolean {
    const next = this.#next();
    if (next === undefined || next.dueAt > untilMs) {
      this.moveTo(Math.max(this.#nowMs, untilMs));
      return false;
    }
    this.#scheduled.delete(next);
    this.moveTo(Math.max(this.#nowMs, next.dueAt));
    next.callback();
    return true;
  }

  protected moveTo(nowMs: number): void {
    this.#nowMs = nowMs;
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
