import type { Egress, EgressRecord } from '../../egress/egress.ts';
import type { Envelope } from '../../envelope/envelope.ts';
import type { Queue } from '../../shared/queue.ts';
import type { OutboxRecords } from '../partition/outbox/egress-outbox.ts';

/** Committed records that wait for their egress; those before `start` have been given to it. */
export interface WaitingRecords {
  readonly committed: OutboxRecords;
  start: number;
}

/** The records of one call of an egress. */
export interface EgressBatch {
  readonly records: readonly EgressRecord[];
  readonly envelopes: readonly Envelope[];
  readonly receivedAtMs: readonly (number | undefined)[];
}

/** Takes the oldest records out of the queue, at most so many. */
export function takeBatch(queue: Queue<WaitingRecords>, recordsMax: number, format: Egress['format']): EgressBatch {
  const records: EgressRecord[] = [];
  const envelopes: Envelope[] = [];
  const receivedAtMs: (number | undefined)[] = [];
  for (let waiting = queue.peek(); waiting !== undefined && records.length < recordsMax; waiting = queue.peek()) {
    const { committed, start } = waiting;
    const end = Math.min(committed.envelopes.length, start + recordsMax - records.length);
    for (let index = start; index < end; index += 1) {
      const envelope = committed.envelopes[index];
      if (envelope === undefined) break;
      envelopes.push(envelope);
      receivedAtMs.push(committed.receivedAtMs[index]);
      records.push(toEgressRecord(envelope, format, committed.leftBefore === 'all' || committed.leftBefore?.has(envelope) === true));
    }
    if (end === committed.envelopes.length) queue.shift();
    else waiting.start = end;
  }
  return { records, envelopes, receivedAtMs };
}

/** Returns the same batch for another call, after one whose outcome is unknown. */
export function resent(batch: EgressBatch, format: Egress['format']): EgressBatch {
  return { ...batch, records: batch.envelopes.map((envelope) => toEgressRecord(envelope, format, true)) };
}

function toEgressRecord(envelope: Envelope, format: Egress['format'], mayHaveLeft: boolean): EgressRecord {
  return {
    id: envelope.messageId ?? '',
    key: envelope.partitionKey,
    data: format === 'envelope' ? envelope.encode() : envelope.payload,
    resent: mayHaveLeft,
  };
}
