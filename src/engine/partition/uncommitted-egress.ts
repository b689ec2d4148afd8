import type { OutboxRecord } from './commit-group.ts';

/** Counts the egress records that no commit holds yet: the outbox does not know them. */
export class UncommittedEgress {
  #count = 0;
  #bytes = 0;

  get count(): number {
    return this.#count;
  }

  /** Of their payloads. */
  get bytes(): number {
    return this.#bytes;
  }

  add({ envelope }: OutboxRecord): void {
    this.#count += 1;
    this.#bytes += envelope.payloadBytes;
  }

  /** They are durable. */
  released(records: readonly OutboxRecord[]): void {
    this.#count -= records.length;
    for (const { envelope } of records) this.#bytes -= envelope.payloadBytes;
  }
}
