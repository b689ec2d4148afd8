import { silentLogger, type Logger } from '../../shared/logger.ts';

/** A signal that asks a process to stop. */
export type StopSignal = 'SIGINT' | 'SIGTERM';

/** The process, or a replacement in tests, as far as signals are concerned. */
export interface SignalSource {
  on(signal: StopSignal, listener: (signal: StopSignal) => void): unknown;
  off(signal: StopSignal, listener: (signal: StopSignal) => void): unknown;
  exit(code: number): void;
}

/** Something that a signal stops. */
export interface Stoppable {
  /** Stops gracefully. Called once. */
  readonly stop: () => void;
  /** Returns a text about unfinished work. */
  readonly busyWith: () => string;
}

const starting = 'the start';

/**
 * Listens to the signals that ask a process to stop. Node needs a listener for them in process 1 of a container, where signals without one are
 * ignored.
 *
 * 1. The first signal stops gracefully. If nothing can be stopped yet, it takes effect as soon as something can.
 * 2. The second signal ends the process at once, also during the start.
 */
export class StopSignals {
  readonly #source: SignalSource;
  #logger: Logger = silentLogger;
  #asked: StopSignal | undefined;
  #stoppable: Stoppable | undefined;
  #over = false;

  /** `earlier` are signals received before. */
  constructor(source: SignalSource, earlier: readonly StopSignal[] = []) {
    this.#source = source;
    source.on('SIGINT', this.#take);
    source.on('SIGTERM', this.#take);
    for (const signal of earlier) this.#take(signal);
  }

  /** The first signal received. */
  get asked(): StopSignal | undefined {
    return this.#asked;
  }

  /** Logs signals to this logger, including one received before. */
  logTo(logger: Logger): void {
    this.#logger = logger;
    if (this.#asked !== undefined) this.#logAsked(this.#asked);
  }

  /** Sets what the first signal stops, and stops it at once if the signal was received already. */
  whenAsked(stoppable: Stoppable): void {
    this.#stoppable = stoppable;
    if (this.#asked !== undefined) stoppable.stop();
  }

  /** Ends the graceful stop: from here on a signal ends a process that something else keeps alive. */
  over(): void {
    this.#over = true;
  }

  /** Stops listening to signals. */
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

/** Returns the exit code of a process ended by a signal, as shells report it: 128 plus the number of the signal. */
export function exitCodeOf(signal: StopSignal): number {
  return signal === 'SIGINT' ? 130 : 143;
}
