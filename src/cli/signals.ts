import { exitCodeOf, type StopSignal } from '../application/running/stop-signals.ts';

/** Passes listening to signals to the caller, and returns the signals received so far. */
export type TakeSignals = () => readonly StopSignal[];

/** Stops listening, so that a signal ends the process. Ends it at once if a signal was received already. */
export function endIfAsked(takeSignals: TakeSignals): void {
  const [signal] = takeSignals();
  if (signal !== undefined) process.exit(exitCodeOf(signal));
}
