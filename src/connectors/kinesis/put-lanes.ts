import { hash } from 'node:crypto';
import { Queue } from '../../shared/queue.ts';
import type { EgressRecord } from '../../egress/egress.ts';

/** A record as PutRecords takes it. */
export interface PutEntry {
  readonly record: EgressRecord;
  readonly partitionKey: string;
  readonly data: Uint8Array;
  readonly hashKey: string | undefined;
  /** What counts towards the limits of Kinesis: data and partition key. */
  readonly sizeBytes: number;
}

/** Longest partition key Kinesis takes, in characters. */
const partitionKeyCharactersMax = 256;

export function toPutEntry(record: EgressRecord): PutEntry {
  const partitionKey = partitionKeyOf(record);
  const data = typeof record.data === 'string' ? Buffer.from(record.data) : record.data;
  return { record, partitionKey, data, hashKey: record.hashKey, sizeBytes: data.byteLength + Buffer.byteLength(partitionKey) };
}

/** The key of a record, else its id, as Kinesis takes it. */
export function partitionKeyOf({ key, id }: Pick<EgressRecord, 'id' | 'key'>): string {
  return toPartitionKey(key === undefined || key === '' ? id : key);
}

/** Keys that Kinesis refuses become their hash: the same key still goes to the same shard. */
function toPartitionKey(key: string): string {
  return key.length >= 1 && key.length <= partitionKeyCharactersMax ? key : hash('sha256', key, 'hex');
}

/**
 * The records still to be sent, a lane for each partition key.
 *
 * Kinesis keeps no order inside a PutRecords call, and any of its records can fail alone. So a call takes at most the first record of each
 * lane, and a lane moves on only when its first record is settled: records of one key never overtake each other. A lane that is long
 * costs one call a record; many keys share each call.
 */
export class PutLanes {
  readonly #lanes = new Map<string, Queue<PutEntry>>();

  constructor(entries: Iterable<PutEntry>) {
    for (const entry of entries) {
      const lane = this.#lanes.get(entry.partitionKey);
      if (lane !== undefined) lane.push(entry);
      else this.#lanes.set(entry.partitionKey, laneOf(entry));
    }
  }

  get isEmpty(): boolean {
    return this.#lanes.size === 0;
  }

  /** The records of the next call: at least one, then as many as the limits allow. */
  next(recordsMax: number, bytesMax: number): readonly PutEntry[] {
    const request: PutEntry[] = [];
    let sizeBytes = 0;
    for (const lane of this.#lanes.values()) {
      const entry = lane.peek();
      if (entry === undefined) continue;
      if (request.length > 0 && (request.length >= recordsMax || sizeBytes + entry.sizeBytes > bytesMax)) break;
      request.push(entry);
      sizeBytes += entry.sizeBytes;
    }
    return request;
  }

  /** The first record of its lane was taken or rejected. */
  settle(entry: PutEntry): void {
    const lane = this.#lanes.get(entry.partitionKey);
    if (lane?.peek() !== entry) return;
    lane.shift();
    if (lane.length === 0) this.#lanes.delete(entry.partitionKey);
  }
}

function laneOf(entry: PutEntry): Queue<PutEntry> {
  const lane = new Queue<PutEntry>();
  lane.push(entry);
  return lane;
}
