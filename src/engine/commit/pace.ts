import { AsyncResource } from 'node:async_hooks';

/** Decides when the engine runs beside the rest of the process, and measures its time. The simulation has its own. */
export interface Pace {
  /** Milliseconds on a clock that never goes back; for intervals, not for due times. */
  now(): number;
  /** Calls the turn after pending input and output. */
  nextTurn(turn: () => void): void;
  /** Steps between two reads of the clock. A read costs about as much as a cheap handler. */
  readonly stepsPerLook: number;
}

export const realPace: Pace = {
  now: () => performance.now(),
  nextTurn: (turn) => {
    setImmediate(turn);
  },
  stepsPerLook: 32,
};

/**
 * Returns the same pace with turns that belong to no attempt. A handler that feeds an ingress schedules a turn; without this, everything in
 * that turn would count as started by the handler.
 */
export function outsideOfAttempts(pace: Pace): Pace {
  const outside = new AsyncResource('statefun.engine');
  return {
    now: () => pace.now(),
    nextTurn: (turn) => pace.nextTurn(() => outside.runInAsyncScope(turn)),
    stepsPerLook: pace.stepsPerLook,
  };
}
