import type { Logger } from '../shared/logger.ts';

/** What listens to signals and ends: the process, or its stand-in. */
export interface SignalSource {
  on(signal: 'SIGINT' | 'SIGTERM', listener: () => void): unknown;
  off(signal: 'SIGINT' | 'SIGTERM', listener: () => void): unknown;
  exit(code: number): void;
}

export interface StopSignalsOptions {
  readonly source: SignalSource;
  readonly logger: Logger;
  /** Stops gracefully. Called once. */
  readonly stop: () => void;
  /** What the engine is still busy with, for people. */
  readonly busyWith: () => string;
}

/** A shell takes a process that a signal ended for one that exited with 128 and the number of the signal. */
const exitCodes = { SIGINT: 130, SIGTERM: 143 } as const;

/** Stops at the first SIGTERM or SIGINT; at the second exits at once. Answers with what ends the listening. */
export function listenForStopSignals({ source, logger, stop, busyWith }: StopSignalsOptions): () => void {
  let asked = false;
  const listener = (signal: keyof typeof exitCodes) => (): void => {
    if (asked) {
      logger.warn(`${signal} again: exiting without waiting for ${busyWith()}`);
      source.exit(exitCodes[signal]);
      return;
    }
    asked = true;
    logger.info(`${signal}: stopping; once more exits at once`);
    stop();
  };
  const listeners = { SIGINT: listener('SIGINT'), SIGTERM: listener('SIGTERM') };
  source.on('SIGINT', listeners.SIGINT);
  source.on('SIGTERM', listeners.SIGTERM);
  return () => {
    source.off('SIGINT', listeners.SIGINT);
    source.off('SIGTERM', listeners.SIGTERM);
  };
}
