import { decodeOutboxBatch } from '../engine/partition/outbox/outbox-batch.ts';
import { outboxBatchesCollection, outboxWatermarksCollection, parseOutboxBatchKey } from '../engine/partition/stored-entries.ts';
import { isFunctionType } from '../shared/address.ts';
import type { SnapshotEntry } from '../storage/snapshot/newest-entries.ts';

interface Batch {
  readonly first: number;
  readonly count: number;
}

/** Checks the outbox: each batch and watermark, and that no egress record above its watermark is missing. */
export class OutboxCheck {
  readonly #batches = new Map<string, Batch[]>();
  readonly #watermarks = new Map<string, number>();

  /** Whether the collection belongs to the outbox. */
  covers(collection: string): boolean {
    return collection === outboxBatchesCollection || collection === outboxWatermarksCollection;
  }

  /** Returns the problem of one entry; undefined when there is none. Throws when it cannot be decoded. */
  take({ collection, key, value }: SnapshotEntry): string | undefined {
    return collection === outboxBatchesCollection ? this.#takeBatch(key, value) : this.#takeWatermark(key, value);
  }

  /** Returns the egresses whose records are not numbered as they must be. */
  egressesWithGaps(): readonly string[] {
    return [...this.#batches.keys()].filter((egressId) => !this.#isWhole(egressId));
  }

  #takeBatch(key: string, value: Uint8Array): string | undefined {
    const { egressId, slot } = parseOutboxBatchKey(key);
    if (!isFunctionType(egressId) || !Number.isSafeInteger(slot) || slot < 0) return 'the key does not name an egress and a slot';
    const { first, envelopes } = decodeOutboxBatch(value);
    const batch = { first, count: envelopes.length };
    const ofEgress = this.#batches.get(egressId);
    if (ofEgress === undefined) this.#batches.set(egressId, [batch]);
    else ofEgress.push(batch);
    return envelopes.every(({ event }) => typeof event.type === 'string') ? undefined : 'an event has no type';
  }

  #takeWatermark(key: string, value: Uint8Array): string | undefined {
    const watermark = Number(Buffer.from(value).toString());
    if (!isFunctionType(key)) return 'the key does not name an egress';
    if (!Number.isSafeInteger(watermark) || watermark < 1) return 'the watermark is not the number of a record';
    this.#watermarks.set(key, watermark);
    return undefined;
  }

  #isWhole(egressId: string): boolean {
    const watermark = this.#watermarks.get(egressId) ?? 0;
    const batches = [...(this.#batches.get(egressId) ?? [])].sort((left, right) => left.first - right.first);
    let next = watermark + 1;
    for (const { first, count } of batches) {
      if (first + count <= watermark + 1) continue;
      const isNext = next === watermark + 1 ? first <= next : first === next;
      if (!isNext) return false;
      next = first + count;
    }
    return true;
  }
}
