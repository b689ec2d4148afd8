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
 * The records still to be sent, a queue for each partition key.
 *
 * Kinesis keeps no order inside a PutRecords call, and any of its records can fail alone. So a call takes at most the first record of each
 * queue, and a queue moves on only when its first record is settled: records of one key never overtake each other. A queue that is long
 * costs one call a record; many keys share each call.
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

  /** The records of the next call: at least one, then as many as the limits allow. */
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

  /** The first record of its queue was taken or rejected. */
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
