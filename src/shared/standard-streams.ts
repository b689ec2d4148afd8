import type { Writable } from 'node:stream';

/*
 * Standard output and standard error fail when their reader ends (`2> >(head -1)`, a log collector that restarts) or the disk is full. Node then
 * emits an `error` event, which ends the process unless a listener handles it. An engine continues: the lines are lost, and counted.
 */

const guarded = new WeakSet<Writable>();

function ignore(): void {}

/** Keeps failed writes to the stream from ending the process. */
export function guardStream(stream: Writable): void {
  if (guarded.has(stream)) return;
  guarded.add(stream);
  stream.on('error', ignore);
}

/** Guards standard output and standard error, also for writes by the application itself. */
export function guardStandardStreams(): void {
  guardStream(process.stdout);
  guardStream(process.stderr);
}

/** Writes lines to a stream that may have ended, and counts the lost ones. */
export class LossyOutput {
  readonly #stream: () => Writable;
  #linesLost = 0;

  constructor(stream: () => Writable) {
    this.#stream = stream;
  }

  /** Number of lines that could not be written. */
  get linesLost(): number {
    return this.#linesLost;
  }

  write(line: string): void {
    const stream = this.#stream();
    guardStream(stream);
    try {
      stream.write(line, (error) => {
        if (error !== null && error !== undefined) this.#linesLost += 1;
      });
    } catch {
      this.#linesLost += 1;
    }
  }
}

/** Writes lines to standard error. The stream is first read by the first line, because reading `process.stderr` opens it. */
export const standardError = new LossyOutput(() => process.stderr);
