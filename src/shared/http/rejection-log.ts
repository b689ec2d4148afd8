import type { LogFields, Logger } from '../logger.ts';

/** How many lines are logged at once, and again whenever so much time has passed: enough to see who sends what. */
const linesMax = 10;
const windowMs = 10_000;

/** Logs a line for every request that is refused, up to a rate: whoever may send requests may not fill a disk. */
export class RejectionLog {
  readonly #logger: Logger;
  readonly #nowMs: () => number;
  #windowEndsMs = Number.NEGATIVE_INFINITY;
  #lines = 0;
  #notLogged = 0;

  constructor(logger: Logger, nowMs: () => number = () => performance.now()) {
    this.#logger = logger;
    this.#nowMs = nowMs;
  }

  rejected(fields: LogFields): void {
    const nowMs = this.#nowMs();
    if (nowMs >= this.#windowEndsMs) {
      this.close();
      this.#windowEndsMs = nowMs + windowMs;
      this.#lines = 0;
    }
    if (this.#lines === linesMax) {
      this.#notLogged += 1;
      return;
    }
    this.#lines += 1;
    this.#logger.warn('a request is refused', fields);
  }

  /** Logs how many lines were left out. */
  close(): void {
    if (this.#notLogged > 0) this.#logger.warn('more requests were refused, without a line each', { requests: this.#notLogged });
    this.#notLogged = 0;
  }
}
