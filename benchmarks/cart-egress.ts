import type { EgressRecord, RejectedRecord } from 'statefun/connectors';
import { CountingEgress } from './counting-egress.ts';

/** The events that were sent to an outside that accepts everything at once. */
export interface Sent {
  readonly data: string;
  readonly atMs: number;
}

/** Counts the events that leave. Keeps them, with the time at which they left, only while `kept` is set. */
export class CartEgress extends CountingEgress {
  kept: Sent[] | undefined;

  override send(records: readonly EgressRecord[]): Promise<readonly RejectedRecord[]> {
    if (this.kept !== undefined) {
      const atMs = performance.now();
      for (const { data } of records) this.kept.push({ data: data as string, atMs });
    }
    return super.send(records);
  }
}
