import { exitCodeOf, type StopSignal } from '../application/running/stop-signals.ts';

/** Hands over the listening to signals, with those that have come: from here on the caller listens, or nobody. */
export type TakeSignals = () => readonly StopSignal[];

/** Nobody listens from here on: a signal ends the process, and so does one that has come already. */
export function endIfAsked(takeSignals: TakeSignals): void {
  const [signal] = takeSignals();
  if (signal !== undefined) process.exit(exitCodeOf(signal));
}
