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
