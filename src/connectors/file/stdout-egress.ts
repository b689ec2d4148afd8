import type { Writable } from 'node:stream';
import { StatefunError } from '../../shared/errors.ts';
import { printable } from '../../shared/text/printable.ts';
import type { Egress, EgressRecord, RejectedRecord } from '../../egress/egress.ts';
import { toLine } from './record-line.ts';

/** Options of `stdoutEgress`. */
export interface StdoutEgressOptions {
  /** The format of a line: `'cloudevent'` writes JSON, `'envelope'` Base64. @defaultValue `'cloudevent'` */
  readonly format?: 'cloudevent' | 'envelope';
  /** The stream to write to. @defaultValue `process.stdout` */
  readonly output?: Writable;
}

/**
 * Creates an egress that writes a line to standard output for each record. A record is acknowledged when the output has accepted it, so it is
 * written at least once.
 */
export function stdoutEgress(id: string, options: StdoutEgressOptions = {}): Egress {
  return new StdoutEgress(id, options);
}

const nothingRejected: readonly RejectedRecord[] = [];

class StdoutEgress implements Egress {
  readonly id: string;
  readonly description = 'standard output';
  readonly format?: 'cloudevent' | 'envelope';
  readonly #output: Writable;

  constructor(id: string, options: StdoutEgressOptions) {
    this.id = id;
    this.#output = options.output ?? process.stdout;
    if (options.format !== undefined) this.format = options.format;
  }

  start(): Promise<void> {
    this.#output.on('error', ignoreError);
    return Promise.resolve();
  }

  async send(records: readonly EgressRecord[]): Promise<readonly RejectedRecord[]> {
    // The callback runs when the output has accepted the text, so a slow reader slows the egress.
    await new Promise<void>((resolve, reject) => {
      this.#output.write(this.#toText(records), (error) => (error ? reject(closed(error)) : resolve()));
    });
    return nothingRejected;
  }

  /** Returns the lines. A pipe gets records unchanged; for a terminal, control characters are escaped as in JSON. */
  #toText(records: readonly EgressRecord[]): string {
    const text = records.map(toLine).join('');
    return 'isTTY' in this.#output && this.#output.isTTY === true ? printable(text) : text;
  }

  stop(): Promise<void> {
    // The error event of a failed write follows its callback in a later turn.
    setImmediate(() => this.#output.off('error', ignoreError));
    return Promise.resolve();
  }
}

/** Ignores the error event of a failed write, which the callback reports. Without a listener the event would end the process. */
function ignoreError(): void {}

function closed(error: Error): StatefunError {
  return new StatefunError('EGRESS_OUTPUT_CLOSED', `Standard output accepts no more lines: ${error.message}`, { cause: error });
}
