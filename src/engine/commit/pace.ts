import { AsyncResource } from 'node:async_hooks';
import type { Cancel } from '../../shared/time/clock.ts';
import { startTimer } from '../../shared/time/timers.ts';

/** The gap between commits of an idle engine that has made many; see CommitTiming. */
export interface CommitGap {
  /** Commits in a second after which the next one waits. At least 1. */
  readonly afterCommits: number;
  /** Shortest time between two cuts then, in milliseconds. Longer saves commits, and egress leaves later. */
  readonly ms: number;
}

/** Decides when the engine runs beside the rest of the process, and measures its time. The simulation has its own. */
export interface Pace {
  /** Milliseconds on a clock that never goes back; for intervals, not for due times. */
  now(): number;
  /** Calls the turn after pending input and output. */
  nextTurn(turn: () => void): void;
  /** Calls back once, after a delay in milliseconds; for intervals, which pass even if the clock of the application stands still. */
  later(delayMs: number, callback: () => void): Cancel;
  readonly gap: CommitGap;
  /** Steps between two reads of the clock. A read costs about as much as a cheap handler. */
  readonly stepsPerLook: number;
}

export const realPace: Pace = {
  now: () => performance.now(),
  nextTurn: (turn) => {
    setImmediate(turn);
  },
  later: startTimer,
  gap: { afterCommits: 100, ms: 3 },
  stepsPerLook: 32,
};

/**
 * Returns the same pace with turns that belong to no attempt. A handler that feeds an ingress schedules a turn; without this, everything in
 * that turn would count as started by the handler.
 */
export function outsideOfAttempts(pace: Pace): Pace {
  const outside = new AsyncResource('statefun.engine');
  // A loop has one function for all its turns.
  let [turnInside, turnOutside] = [(): void => undefined, (): void => undefined];
  return {
    now: () => pace.now(),
    nextTurn: (turn) => {
      if (turn !== turnInside) [turnInside, turnOutside] = [turn, () => outside.runInAsyncScope(turn)];
      pace.nextTurn(turnOutside);
    },
    later: (delayMs, callback) => pace.later(delayMs, () => outside.runInAsyncScope(callback)),
    gap: pace.gap,
    stepsPerLook: pace.stepsPerLook,
  };
}
