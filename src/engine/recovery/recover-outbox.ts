import type { Store } from '../../storage/store.ts';
import { decodeOutboxBatch } from '../partition/outbox/outbox-batch.ts';
import type { StoredBatch, StoredEgressOutbox } from '../partition/outbox/egress-outbox.ts';
import { outboxBatchesCollection, outboxWatermarksCollection, parseOutboxBatchKey } from '../partition/stored-entries.ts';

/** Reads the outbox of every egress that has ever had one. */
export async function recoverOutbox(store: Store): Promise<readonly StoredEgressOutbox[]> {
  const batches = new Map<string, StoredBatch[]>();
  for (const { key, value } of await store.load(outboxBatchesCollection)) {
    const { egressId, slot } = parseOutboxBatchKey(key);
    const batch = { slot, ...decodeOutboxBatch(value), bytes: value.byteLength };
    const ofEgress = batches.get(egressId);
    if (ofEgress === undefined) batches.set(egressId, [batch]);
    else ofEgress.push(batch);
  }
  const watermarks = new Map<string, number>();
  for (const { key, value } of await store.load(outboxWatermarksCollection)) watermarks.set(key, Number(Buffer.from(value).toString()));
  return Array.from(new Set([...watermarks.keys(), ...batches.keys()]), (egressId) => ({
    egressId,
    watermark: watermarks.get(egressId) ?? 0,
    batches: (batches.get(egressId) ?? []).sort((left, right) => left.first - right.first),
  }));
}
