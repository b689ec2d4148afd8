import type { Egress, EgressRecord, RejectedRecord } from 'statefun/connectors';

const nothingRejected: readonly RejectedRecord[] = [];

/** An outside that accepts every record at once and counts it. */
export class CountingEgress implements Egress {
  readonly id: string;
  readonly description = 'the benchmark';
  records = 0;
  bytes = 0;

  constructor(id: string) {
    this.id = id;
  }

  start(): Promise<void> {
    return Promise.resolve();
  }

  send(records: readonly EgressRecord[]): Promise<readonly RejectedRecord[]> {
    this.records += records.length;
    // CloudEvents JSON is text, and here it is ASCII.
    for (const { data } of records) this.bytes += (data as string).length;
    return Promise.resolve(nothingRejected);
  }

  stop(): Promise<void> {
    return Promise.resolve();
  }
}
