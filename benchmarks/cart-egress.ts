import type { Egress, EgressRecord, RejectedRecord } from 'statefun/connectors';

/** The events that were sent to an outside that accepts everything at once. */
export interface Sent {
  readonly data: string;
  readonly atMs: number;
}

const nothingRejected: readonly RejectedRecord[] = [];

/** Counts the events that leave. Keeps them, with the time at which they left, only while `kept` is set. */
export class CartEgress implements Egress {
  readonly id: string;
  readonly description = 'the benchmark';
  records = 0;
  bytes = 0;
  kept: Sent[] | undefined;

  constructor(id: string) {
    this.id = id;
  }

  start(): Promise<void> {
    return Promise.resolve();
  }

  send(records: readonly EgressRecord[]): Promise<readonly RejectedRecord[]> {
    const atMs = performance.now();
    this.records += records.length;
    for (const { data } of records) {
      // CloudEvents JSON is text, and here it is ASCII.
      const text = data as string;
      this.bytes += text.length;
      this.kept?.push({ data: text, atMs });
    }
    return Promise.resolve(nothingRejected);
  }

  stop(): Promise<void> {
    return Promise.resolve();
  }
}
