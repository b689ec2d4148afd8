import { silentLogger, type Logger } from '../../shared/logger.ts';

/** A signal that asks a process to stop. */
export type StopSignal = 'SIGINT' | 'SIGTERM';

/** What listens to signals and ends: the process, or its stand-in. */
export interface SignalSource {
  on(signal: StopSignal, listener: (signal: StopSignal) => void): unknown;
  off(signal: StopSignal, listener: (signal: StopSignal) => void): unknown;
  exit(code: number): void;
}

/** What a stop ends. */
export interface Stoppable {
  /** Stops gracefully. Called once. */
  readonly stop: () => void;
  /** What is not finished yet, for people. */
  readonly busyWith: () => string;
}

const starting = 'the start';

/**
 * The signals that ask a process to stop, from the moment this is made: process 1 of a container never gets one that nobody listens to.
 *
 * 1. The first signal stops gracefully. One that comes before there is something to stop is remembered, and stops it as soon as there is.
 * 2. The second one ends the process at once, also while it starts.
 */
export class StopSignals {
  readonly #source: SignalSource;
  #logger: Logger = silentLogger;
  #asked: StopSignal | undefined;
  #stoppable: Stoppable | undefined;
  #over = false;

  /** `earlier` are those that came before. */
  constructor(source: SignalSource, earlier: readonly StopSignal[] = []) {
    this.#source = source;
    source.on('SIGINT', this.#take);
    source.on('SIGTERM', this.#take);
    for (const signal of earlier) this.#take(signal);
  }

  /** The first signal that came. */
  get asked(): StopSignal | undefined {
    return this.#asked;
  }

  /** Where signals are logged from now on; one that came before, too. */
  logTo(logger: Logger): void {
    this.#logger = logger;
    if (this.#asked !== undefined) this.#logAsked(this.#asked);
  }

  /** What the first signal stops: at once when it has come already. */
  whenAsked(stoppable: Stoppable): void {
    this.#stoppable = stoppable;
    if (this.#asked !== undefined) stoppable.stop();
  }

  /** Nothing is left to stop: from here on every signal ends a process that something else keeps alive. */
  over(): void {
    this.#over = true;
  }

  /** Leaves signals to others again. */
  release(): void {
    this.#source.off('SIGINT', this.#take);
    this.#source.off('SIGTERM', this.#take);
  }

  readonly #take = (signal: StopSignal): void => {
    if (this.#over) return this.#source.exit(exitCodeOf(signal));
    if (this.#asked !== undefined) {
      this.#logger.warn(`${signal} again: exiting without waiting for ${this.#stoppable?.busyWith() ?? starting}`);
      return this.#source.exit(exitCodeOf(signal));
    }
    this.#asked = signal;
    this.#logAsked(signal);
    this.#stoppable?.stop();
  };

  #logAsked(signal: StopSignal): void {
    this.#logger.info(`${signal}: stopping${this.#stoppable === undefined ? ` after ${starting}` : ''}; once more exits at once`);
  }
}

/** A shell takes a process that a signal ended for one that exited with 128 and the number of the signal. */
export function exitCodeOf(signal: StopSignal): number {
  return signal === 'SIGINT' ? 130 : 143;
}
