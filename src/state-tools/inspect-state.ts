import { numbersOfBatch } from '../engine/partition/outbox/outbox-batch.ts';
import { parseEarlierOutboxKey } from '../engine/recovery/earlier-outbox.ts';
import { parseRequestKey } from '../engine/recovery/requests.ts';
import {
  deadLettersCollection,
  decodeDeadLetter,
  decodeMessage,
  delayedCollection,
  messagesCollection,
  outboxBatchesCollection,
  outboxWatermarksCollection,
  parseOutboxBatchKey,
  positionsCollection,
  requestsCollection,
} from '../engine/partition/stored-entries.ts';
import { parseAddress } from '../shared/address.ts';
import { toIsoTime } from '../shared/time/iso-time.ts';
import type { SnapshotEntry } from '../storage/snapshot/newest-entries.ts';
import type { StoreSnapshot } from '../storage/snapshot/store-snapshot.ts';
import { sendIngressName } from '../ingress/send-ingress-name.ts';
import { addressOf } from './stored-addresses.ts';

export interface Amount {
  readonly count: number;
  /** Size in the log, names included. */
  readonly bytes: number;
}

/** The contents of a state folder. */
export interface StateInspection {
  readonly folder: string;
  readonly storeId: string;
  readonly formatVersion: number;
  readonly createdAt: string;
  readonly keyGroups: number;
  /** The commit that is shown, and the bytes after it of an incomplete commit. */
  readonly commit: number;
  readonly unfinishedBytes: number;
  readonly keys: number;
  readonly bytes: number;
  readonly liveBytes: number;
  readonly garbageBytes: number;
  readonly segments: readonly {
    readonly number: number;
    /** `log` segments contain commits; `kept` segments were written by a compaction. */
    readonly kind: 'log' | 'kept';
    readonly bytes: number;
    readonly entries: number;
    readonly liveEntries: number;
    readonly liveBytes: number;
  }[];
  /** Addresses by function type. */
  readonly addresses: readonly { readonly type: string; readonly addresses: number; readonly keys: number; readonly bytes: number }[];
  /** Messages that are not handled yet, by function type. */
  readonly pendingMessages: Amount & { readonly byType: Readonly<Record<string, number>> };
  readonly delayedMessages: Amount & { readonly nextDueAt?: string; readonly byType: Readonly<Record<string, number>> };
  /** Egress records that are not acknowledged yet, by egress id. */
  readonly outbox: Amount & { readonly byEgress: Readonly<Record<string, number>> };
  readonly deadLetters: Amount & { readonly redriveRequested: number; readonly byCode: Readonly<Record<string, number>> };
  readonly positions: readonly { readonly ingress: string; readonly partition: string; readonly position: string }[];
}

export function inspectState(snapshot: StoreSnapshot): StateInspection {
  const tally = new Tally();
  snapshot.visit(
    () => true,
    (entry) => tally.take(entry),
  );
  const entries = snapshot.countEntries();
  const segments = snapshot.segments.map(({ number, kind, bytes }) => {
    const live = tally.live.get(number) ?? { count: 0, bytes: 0 };
    return { number, kind, bytes, entries: entries.get(number) ?? 0, liveEntries: live.count, liveBytes: live.bytes };
  });
  const bytes = segments.reduce((sum, segment) => sum + segment.bytes, 0);
  const liveBytes = segments.reduce((sum, segment) => sum + segment.liveBytes, 0);
  const { storeId, formatVersion, createdAt, keyGroups } = snapshot.identity;
  const { folder, commit, unfinishedBytes } = snapshot;
  return {
    ...{ folder, storeId, formatVersion, createdAt, keyGroups, commit, unfinishedBytes },
    ...{ keys: tally.keys, bytes, liveBytes, garbageBytes: bytes - liveBytes, segments },
    ...tally.contents(),
  };
}

type MutableAmount = { -readonly [Key in keyof Amount]: Amount[Key] };

/** Counts stored values by kind. */
class Tally {
  keys = 0;
  /** Newest entries, by segment. */
  readonly live = new Map<number, MutableAmount>();
  readonly #types = new Map<string, { count: number; keys: number; bytes: number }>();
  readonly #messages = new Group();
  readonly #delayed = new Group();
  readonly #outbox = new Group();
  readonly #batches: { egressId: string; first: number; count: number; bytes: number }[] = [];
  readonly #watermarks = new Map<string, number>();
  readonly #letters = new Group();
  readonly #positions: { ingress: string; partition: string; position: string }[] = [];
  #requests = 0;
  #nextDueAt = Number.POSITIVE_INFINITY;
  #collection = '';

  take(entry: SnapshotEntry): void {
    this.keys += 1;
    const live = this.live.get(entry.segment) ?? { count: 0, bytes: 0 };
    this.live.set(entry.segment, { count: live.count + 1, bytes: live.bytes + entry.bytes });
    const address = addressOf(entry.collection);
    if (address !== undefined) this.#takeState(address.type, entry);
    else this.#takeOwn(entry);
    this.#collection = entry.collection;
  }

  contents(): Pick<StateInspection, 'addresses' | 'pendingMessages' | 'delayedMessages' | 'outbox' | 'deadLetters' | 'positions'> {
    this.#countBatches();
    const types = Array.from(this.#types, ([type, { count, keys, bytes }]) => ({ type, addresses: count, keys, bytes }));
    const nextDueAt = Number.isFinite(this.#nextDueAt) ? { nextDueAt: toIsoTime(this.#nextDueAt) } : {};
    return {
      addresses: types.sort((left, right) => (left.type < right.type ? -1 : 1)),
      pendingMessages: { ...this.#messages.amount, byType: this.#messages.byName },
      delayedMessages: { ...this.#delayed.amount, ...nextDueAt, byType: this.#delayed.byName },
      outbox: { ...this.#outbox.amount, byEgress: this.#outbox.byName },
      deadLetters: { ...this.#letters.amount, redriveRequested: this.#requests, byCode: this.#letters.byName },
      positions: this.#positions.sort((left, right) =>
        `${left.ingress} ${left.partition}` < `${right.ingress} ${right.partition}` ? -1 : 1,
      ),
    };
  }

  #takeState(type: string, { collection, bytes }: SnapshotEntry): void {
    let ofType = this.#types.get(type);
    if (ofType === undefined) this.#types.set(type, (ofType = { count: 0, keys: 0, bytes: 0 }));
    // The keys of a collection are visited one after the other.
    if (collection !== this.#collection) ofType.count += 1;
    ofType.keys += 1;
    ofType.bytes += bytes;
  }

  #takeOwn(entry: SnapshotEntry): void {
    const { collection, key, value, bytes } = entry;
    if (collection === messagesCollection) this.#messages.take(parseAddress(decodeMessage(value).header.target).type, bytes);
    else if (collection === delayedCollection) this.#takeDelayed(entry);
    else if (collection === outboxBatchesCollection) this.#batches.push({ ...parseOutboxBatchKey(key), ...numbersOfBatch(value), bytes });
    else if (collection === outboxWatermarksCollection) this.#watermarks.set(key, Number(value.toString()));
    else if (collection === deadLettersCollection) this.#letters.take(decodeDeadLetter(value).code, bytes);
    else if (collection === requestsCollection) this.#requests += parseRequestKey(key) === undefined ? 0 : 1;
    else if (collection.startsWith(positionsCollection('')) && collection !== positionsCollection(sendIngressName))
      this.#positions.push({ ingress: collection.slice(positionsCollection('').length), partition: key, position: value.toString() });
    else this.#takeEarlier(entry);
  }

  /** Format versions before 3 have one entry for each egress record. */
  #takeEarlier({ collection, key, bytes }: SnapshotEntry): void {
    const record = parseEarlierOutboxKey(collection, key);
    if (record !== undefined) this.#outbox.take(record.egressId, bytes);
  }

  /** Counts the records above the watermark of their egress. A batch that has some takes all of its bytes. */
  #countBatches(): void {
    for (const { egressId, first, count, bytes } of this.#batches.splice(0)) {
      const acknowledged = Math.max(0, (this.#watermarks.get(egressId) ?? 0) - first + 1);
      if (acknowledged < count) this.#outbox.take(egressId, bytes, count - acknowledged);
    }
  }

  #takeDelayed({ value, bytes }: SnapshotEntry): void {
    const { target, dueAt = 0 } = decodeMessage(value).header;
    this.#delayed.take(parseAddress(target).type, bytes);
    this.#nextDueAt = Math.min(this.#nextDueAt, dueAt);
  }
}

/** Counts things of one kind by name. */
class Group {
  readonly amount: MutableAmount = { count: 0, bytes: 0 };
  /** A map, because a name can be any text: the code of a dead letter is the name of a thrown error. */
  readonly #counts = new Map<string, number>();

  take(name: string, bytes: number, count = 1): void {
    this.amount.count += count;
    this.amount.bytes += bytes;
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + count);
  }

  get byName(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#counts);
  }
}
