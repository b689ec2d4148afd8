import type { EngineLimitOptions } from 'statefun';

/** How one round is run: small limits, so that little work reaches every corner. The child finds it in its folder, as round.json. */
export interface RoundSettings {
  readonly limits: EngineLimitOptions;
  readonly segmentBytesMax: number;
  readonly compactionBytesPerSecondMax: number;
  /** How many delayed messages are pending when everything is done. */
  readonly delayedAtTheEnd: number;
  /** Further settings, each as key=value. */
  readonly settings?: readonly string[];
}

/** Exit code of a process that was asked to stop and did. */
export const stoppedExitCode = 3;
