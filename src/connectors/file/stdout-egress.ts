import type { Writable } from 'node:stream';
import { StatefunError } from '../../shared/errors.ts';
import { printable } from '../../shared/text/printable.ts';
import type { Egress, EgressRecord, RejectedRecord } from '../../egress/egress.ts';
import { toLine } from './record-line.ts';

export interface StdoutEgressOptions {
  /** `'cloudevent'` writes JSON, `'envelope'` Base64; one record a line. @defaultValue `'cloudevent'` */
  readonly format?: 'cloudevent' | 'envelope';
  /** Where the lines go. @defaultValue `process.stdout` */
  readonly output?: Writable;
}

/** Writes a line for each record to the standard output. A record is acknowledged when the output has taken it: at least once. */
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
    // The callback comes when the output has taken the text, so a slow reader slows the egress.
    await new Promise<void>((resolve, reject) => {
      this.#output.write(this.#toText(records), (error) => (error ? reject(closed(error)) : resolve()));
    });
    return nothingRejected;
  }

  /** A pipe gets the records as they are; for a terminal, what would move its cursor is escaped as JSON does. */
  #toText(records: readonly EgressRecord[]): string {
    const text = records.map(toLine).join('');
    return 'isTTY' in this.#output && this.#output.isTTY === true ? printable(text) : text;
  }

  stop(): Promise<void> {
    // The event of a write that failed comes in a later turn than its callback.
    setImmediate(() => this.#output.off('error', ignoreError));
    return Promise.resolve();
  }
}

/** A failed write is told to its caller; without a listener the event of the same failure would end the process. */
function ignoreError(): void {}

function closed(error: Error): StatefunError {
  return new StatefunError('EGRESS_OUTPUT_CLOSED', `The standard output takes no more lines: ${error.message}`, { cause: error });
}
