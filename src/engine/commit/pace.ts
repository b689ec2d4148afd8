import { AsyncResource } from 'node:async_hooks';

/** How the engine shares the process with everything else, and the time it measures itself by; only a simulation has one of its own. */
export interface Pace {
  /** Milliseconds on a clock that never goes back; for intervals, not for due times. */
  now(): number;
  /** Calls the turn after input and output have had theirs. */
  nextTurn(turn: () => void): void;
  /** Steps between two looks at the clock: it costs about as much as a cheap handler. */
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
 * The same pace, but a turn belongs to no attempt. A handler that feeds an ingress schedules one, and all that follows from the turn would
 * seem to come from that handler.
 */
export function outsideOfAttempts(pace: Pace): Pace {
  const outside = new AsyncResource('statefun.engine');
  return {
    now: () => pace.now(),
    nextTurn: (turn) => pace.nextTurn(() => outside.runInAsyncScope(turn)),
    stepsPerLook: pace.stepsPerLook,
  };
}
