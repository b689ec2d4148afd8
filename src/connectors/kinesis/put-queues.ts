import { hash } from 'node:crypto';
import { Queue } from '../../shared/queue.ts';
import type { EgressRecord } from '../../egress/egress.ts';

/** A record as an entry of a PutRecords call. */
export interface PutEntry {
  readonly record: EgressRecord;
  readonly partitionKey: string;
  readonly data: Uint8Array;
  readonly hashKey: string | undefined;
  /** Size that counts for the limits of Kinesis, in bytes: data and partition key. */
  readonly sizeBytes: number;
}

/** Longest partition key of Kinesis, in characters. */
const partitionKeyCharactersMax = 256;

export function toPutEntry(record: EgressRecord): PutEntry {
  const partitionKey = partitionKeyOf(record);
  const data = typeof record.data === 'string' ? Buffer.from(record.data) : record.data;
  return { record, partitionKey, data, hashKey: record.hashKey, sizeBytes: data.byteLength + Buffer.byteLength(partitionKey) };
}

/** Returns the partition key: the key of the record, else its id, in a form that Kinesis accepts. */
export function partitionKeyOf({ key, id }: Pick<EgressRecord, 'id' | 'key'>): string {
  return toPartitionKey(key === undefined || key === '' ? id : key);
}

/** Replaces a key that Kinesis would refuse by its hash, so that equal keys still go to the same shard. */
function toPartitionKey(key: string): string {
  return key.length >= 1 && key.length <= partitionKeyCharactersMax ? key : hash('sha256', key, 'hex');
}

/**
 * The unsent records, in one queue for each partition key.
 *
 * Kinesis keeps no order within a PutRecords call, and each record can fail alone. So a call contains at most the first record of each queue,
 * which is removed only when it is settled: records of one key never overtake each other. A key costs one call per record; many keys share
 * each call.
 */
export class PutQueues {
  readonly #queues = new Map<string, Queue<PutEntry>>();

  constructor(entries: Iterable<PutEntry>) {
    for (const entry of entries) {
      const queue = this.#queues.get(entry.partitionKey);
      if (queue !== undefined) queue.push(entry);
      else this.#queues.set(entry.partitionKey, queueOf(entry));
    }
  }

  get isEmpty(): boolean {
    return this.#queues.size === 0;
  }

  /** Returns the records of the next call: at least one, and as many as the limits allow. */
  next(recordsMax: number, bytesMax: number): readonly PutEntry[] {
    const request: PutEntry[] = [];
    let sizeBytes = 0;
    for (const queue of this.#queues.values()) {
      const entry = queue.peek();
      if (entry === undefined) continue;
      if (request.length > 0 && (request.length >= recordsMax || sizeBytes + entry.sizeBytes > bytesMax)) break;
      request.push(entry);
      sizeBytes += entry.sizeBytes;
    }
    return request;
  }

  /** Removes an accepted or rejected record from its queue. */
  settle(entry: PutEntry): void {
    const queue = this.#queues.get(entry.partitionKey);
    if (queue?.peek() !== entry) return;
    queue.shift();
    if (queue.length === 0) this.#queues.delete(entry.partitionKey);
  }
}

function queueOf(entry: PutEntry): Queue<PutEntry> {
  const queue = new Queue<PutEntry>();
  queue.push(entry);
  return queue;
}
