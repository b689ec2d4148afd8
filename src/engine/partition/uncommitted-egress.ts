import type { OutboxRecord } from './commit-group.ts';

/** Counts the egress records that no commit holds yet. The outbox does not have them. */
export class UncommittedEgress {
  #count = 0;
  #bytes = 0;

  get count(): number {
    return this.#count;
  }

  /** Payloads of the records, in bytes. */
  get bytes(): number {
    return this.#bytes;
  }

  add({ envelope }: OutboxRecord): void {
    this.#count += 1;
    this.#bytes += envelope.payloadBytes;
  }

  /** Removes records that have become durable. */
  released(records: readonly OutboxRecord[]): void {
    this.#count -= records.length;
    for (const { envelope } of records) this.#bytes -= envelope.payloadBytes;
  }
}
