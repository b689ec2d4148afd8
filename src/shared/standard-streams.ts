import type { Writable } from 'node:stream';

/*
 * The standard streams of a process end when their reader does: `2> >(head -1)`, a collector of logs that restarts, a disk that is full.
 * Node tells it by an `error` event, which ends a process in which nobody listens to it. An engine goes on: what it has to say is lost then,
 * and counted.
 */

const guarded = new WeakSet<Writable>();

function ignore(): void {}

/** From here on a write that fails does not end the process. */
export function guardStream(stream: Writable): void {
  if (guarded.has(stream)) return;
  guarded.add(stream);
  stream.on('error', ignore);
}

/** Guards standard output and standard error, also against writes of the application itself. */
export function guardStandardStreams(): void {
  guardStream(process.stdout);
  guardStream(process.stderr);
}

/** Writes lines to a stream that may take no more. */
export class LossyOutput {
  readonly #stream: () => Writable;
  #linesLost = 0;

  constructor(stream: () => Writable) {
    this.#stream = stream;
  }

  /** How many lines the stream did not take. */
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

/** Lines on the standard error of the process; reading the stream opens it, so that is left to the first line. */
export const standardError = new LossyOutput(() => process.stderr);
