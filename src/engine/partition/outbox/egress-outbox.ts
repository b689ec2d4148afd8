import type { Envelope } from '../../../envelope/envelope.ts';
import { assertInvariant } from '../../../shared/errors.ts';
import { Queue } from '../../../shared/queue.ts';
import type { StoreChange, StoredEntry } from '../../../storage/store.ts';
import { OutboxBatch } from './outbox-batch.ts';
import { outboxBatchesCollection, outboxBatchKey, outboxWatermarksCollection } from '../stored-entries.ts';

/** Egress records of one egress, in the order in which they leave: first in the group, then committed, then acknowledged. */
export interface OutboxRecords {
  readonly egressId: string;
  readonly envelopes: readonly Envelope[];
  /** See Message.receivedAtMs; of each record, or of none. */
  readonly receivedAtMs: readonly (number | undefined)[];
  /** The records that may have left before: in an earlier run, or as what has become a dead letter. */
  readonly leftBefore: 'all' | ReadonlySet<Envelope> | undefined;
  /** Size of the payloads, in bytes. */
  readonly bytes: number;
}

/** A batch in the store. */
export interface StoredBatch {
  readonly slot: number;
  /** Number of its first record. */
  readonly first: number;
  readonly envelopes: readonly Envelope[];
  /** Size of the value, in bytes. */
  readonly bytes: number;
}

/** What the store holds of the outbox of one egress. */
export interface StoredEgressOutbox {
  readonly egressId: string;
  /** Number of the last acknowledged record. */
  readonly watermark: number;
  /** In the order of their records. */
  readonly batches: readonly StoredBatch[];
}

/** The place of one batch at a time: the key of its entry. */
interface Slot {
  readonly key: string;
  readonly entry: StoredEntry;
}

/** Most bytes of a batch with several records, 16 MiB: the store keeps a batch as one value. A larger record is alone in its batch. */
const batchBytesMax = 16 * 1024 * 1024;

/** Acknowledged batches that stay in the store until their slots are written again, for each egress: at most 8, each of at most 1 MiB. */
const freeSlotsMax = 8;
const reusedBytesMax = 1024 * 1024;

/**
 * The outbox of one egress, as the store holds it: numbered records in batches, and a watermark. Each batch has a slot, which names its entry.
 * A batch that is acknowledged needs no tombstone: the next batch in its slot takes its place.
 *
 * PARTITION-O1. The records of an egress are numbered without gaps, in the order in which they leave. Numbers never go back, also after a
 *     recovery: a number up to the watermark is never given to another record.
 * PARTITION-O2. The watermark moves when records are acknowledged, and commits with everything else that their end has led to.
 * PARTITION-O3. A slot is written again, or removed, only by a commit with a watermark at or above all records of its batch.
 */
export class EgressOutbox {
  readonly egressId: string;
  #envelopes: Envelope[] = [];
  #receivedAtMs: (number | undefined)[] = [];
  #leftBefore: Set<Envelope> | undefined;
  #bytes = 0;
  /** Number of the last record that has one. */
  #last = 0;
  #watermark = 0;
  /** Whether the watermark has moved since the cut. */
  #moved = false;
  /** Batches with records above the watermark, oldest first. */
  readonly #batches = new Queue<{ readonly slot: Slot; readonly last: number; readonly bytes: number }>();
  /** Slots below this number have been used. */
  #slots = 0;
  readonly #free: Slot[] = [];
  /** Slots whose entries the next commit with a watermark removes. */
  #removed: Slot[] = [];
  readonly #watermarkEntry: StoredEntry = { slot: 0 };

  constructor(egressId: string) {
    this.egressId = egressId;
  }

  add(envelope: Envelope, receivedAtMs: number | undefined): void {
    this.#envelopes.push(envelope);
    this.#receivedAtMs.push(receivedAtMs);
    this.#bytes += envelope.payloadBytes;
  }

  /** Adds a record that may have left before. */
  addAgain(envelope: Envelope): void {
    this.add(envelope, undefined);
    (this.#leftBefore ??= new Set()).add(envelope);
  }

  /** Moves the watermark over the oldest records. */
  acknowledged(records: number): void {
    this.#watermark += records;
    this.#moved = true;
    for (let batch = this.#batches.peek(); batch !== undefined && batch.last <= this.#watermark; batch = this.#batches.peek()) {
      this.#batches.shift();
      this.#release(batch.slot, batch.bytes);
    }
  }

  /** Adds the changes of the next commit. Returns the records that it adds to the outbox, if there are any. */
  capture(changes: StoreChange[]): OutboxRecords | undefined {
    const captured = this.#envelopes.length === 0 ? undefined : this.#captureRecords(changes);
    if (this.#moved) this.#writeWatermark(changes);
    return captured;
  }

  /** Takes over what the store holds, and returns the records that are not acknowledged. */
  restore({ watermark, batches }: StoredEgressOutbox): OutboxRecords {
    this.#watermark = watermark;
    this.#last = watermark;
    const waiting: Envelope[] = [];
    let payloadBytes = 0;
    for (const { slot: number, first, envelopes, bytes } of batches) {
      const slot = this.#createSlot(number);
      const last = first + envelopes.length - 1;
      if (last <= watermark) {
        this.#release(slot, bytes);
        continue;
      }
      assertInvariant(first <= watermark + 1 ? this.#last === watermark : first === this.#last + 1, 'no record of an outbox is missing');
      for (const envelope of envelopes.slice(Math.max(0, watermark + 1 - first))) {
        waiting.push(envelope);
        payloadBytes += envelope.payloadBytes;
      }
      this.#batches.push({ slot, last, bytes });
      this.#last = last;
    }
    return { egressId: this.egressId, envelopes: waiting, receivedAtMs: [], leftBefore: 'all', bytes: payloadBytes };
  }

  #createSlot(number: number): Slot {
    this.#slots = Math.max(this.#slots, number + 1);
    return { key: outboxBatchKey(this.egressId, number), entry: { slot: 0 } };
  }

  #release(slot: Slot, bytes: number): void {
    if (bytes > reusedBytesMax || this.#free.length === freeSlotsMax) this.#removed.push(slot);
    else this.#free.push(slot);
  }

  #captureRecords(changes: StoreChange[]): OutboxRecords {
    const [envelopes, receivedAtMs, leftBefore, bytes] = [this.#envelopes, this.#receivedAtMs, this.#leftBefore, this.#bytes];
    this.#writeBatches(envelopes, changes);
    this.#envelopes = [];
    this.#receivedAtMs = [];
    this.#leftBefore = undefined;
    this.#bytes = 0;
    return { egressId: this.egressId, envelopes, receivedAtMs, leftBefore, bytes };
  }

  #writeBatches(envelopes: readonly Envelope[], changes: StoreChange[]): void {
    let [start, bytes] = [0, 0];
    for (const [index, envelope] of envelopes.entries()) {
      const added = envelope.encodedBytesMax;
      if (index > start && bytes + added > batchBytesMax) {
        this.#writeBatch(changes, envelopes.slice(start, index), bytes);
        [start, bytes] = [index, 0];
      }
      bytes += added;
    }
    this.#writeBatch(changes, start === 0 ? envelopes : envelopes.slice(start), bytes);
  }

  #writeBatch(changes: StoreChange[], envelopes: readonly Envelope[], envelopesBytesMax: number): void {
    const slot = this.#free.pop() ?? this.#createSlot(this.#slots);
    const value = new OutboxBatch(this.#last + 1, envelopes, envelopesBytesMax);
    changes.push({ collection: outboxBatchesCollection, key: slot.key, value, entry: slot.entry });
    this.#last += envelopes.length;
    this.#batches.push({ slot, last: this.#last, bytes: value.encodedBytesMax });
  }

  #writeWatermark(changes: StoreChange[]): void {
    this.#moved = false;
    const [key, value] = [this.egressId, String(this.#watermark)];
    changes.push({ collection: outboxWatermarksCollection, key, value, entry: this.#watermarkEntry });
    for (const slot of this.#removed)
      changes.push({ collection: outboxBatchesCollection, key: slot.key, value: undefined, entry: slot.entry });
    this.#removed = [];
  }
}
