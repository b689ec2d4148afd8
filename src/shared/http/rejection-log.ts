import type { LogFields, Logger } from '../logger.ts';

/** Most lines logged in one time window. */
const linesMax = 10;
/** Length of the time window, in milliseconds. */
const windowMs = 10_000;

/** Logs a line for every refused request, up to a rate, so that clients cannot fill the disk with log lines. */
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

  /** Logs the number of omitted lines. */
  close(): void {
    if (this.#notLogged > 0) this.#logger.warn('more requests were refused, without a line each', { requests: this.#notLogged });
    this.#notLogged = 0;
  }
}
