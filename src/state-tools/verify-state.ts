import { remoteStateIn } from '../engine/partition/remote/remote-state.ts';
import { parseEarlierOutboxKey } from '../engine/recovery/earlier-outbox.ts';
import { parseRequestKey } from '../engine/recovery/requests.ts';
import {
  deadLettersCollection,
  decodeDeadLetter,
  decodeMessage,
  decodeRemoteStates,
  delayedCollection,
  messagesCollection,
  positionsCollection,
  remoteStatesCollection,
  requestsCollection,
} from '../engine/partition/stored-entries.ts';
import { Envelope } from '../envelope/envelope.ts';
import { appendAll } from '../shared/append-all.ts';
import { isAddressId, isFunctionType, parseAddress } from '../shared/address.ts';
import { StatefunError, toError } from '../shared/errors.ts';
import { parseEntryKey } from '../state/entry-key.ts';
import { parseStamp } from '../state/stamp.ts';
import type { SnapshotEntry } from '../storage/snapshot/newest-entries.ts';
import { StoreSnapshot, type SnapshotOptions } from '../storage/snapshot/store-snapshot.ts';
import { OutboxCheck } from './outbox-check.ts';
import { addressOf } from './stored-addresses.ts';

/** A problem in a state folder. */
export interface StateProblem {
  /** A file and an offset, or a collection and a key. */
  readonly where: string;
  readonly what: string;
}

export interface StateVerification {
  readonly ok: boolean;
  readonly commit: number;
  readonly segments: number;
  readonly bytes: number;
  readonly frames: number;
  readonly entries: number;
  /** Number of keys whose value was decoded; 0 when a file is damaged. */
  readonly keys: number;
  /** Bytes of a commit that is being written or that a crash interrupted. Not a problem: the next start cuts them off. */
  readonly unfinishedBytes: number;
  readonly problems: readonly StateProblem[];
}

/** Most problems that are reported. */
const problemsMax = 100;

/** Compares every checksum of every file, and decodes every stored value. Throws STATE_FOLDER_ABSENT when there is no state to read. */
export async function verifyState(options: SnapshotOptions): Promise<StateVerification> {
  let snapshot: StoreSnapshot;
  try {
    snapshot = await StoreSnapshot.open(options);
  } catch (error) {
    if (!StatefunError.is(error) || (error.code !== 'STORE_CORRUPT' && error.code !== 'STORE_READ_FAILED')) throw error;
    const nothing = { commit: 0, segments: 0, bytes: 0, frames: 0, entries: 0, keys: 0, unfinishedBytes: 0 };
    return { ok: false, ...nothing, problems: [{ where: options.folder, what: error.summary }] };
  }
  try {
    const { frames, entries, damages } = snapshot.check();
    const problems = damages.map(({ file, offset, reason }): StateProblem => ({ where: `${file} at byte ${offset}`, what: reason }));
    const meaning = new MeaningCheck();
    if (problems.length === 0) meaning.run(snapshot);
    appendAll(problems, meaning.problems);
    const { segments, commit, unfinishedBytes } = snapshot;
    const bytes = segments.reduce((sum, segment) => sum + segment.bytes, 0);
    const counts = { commit, segments: segments.length, bytes, frames, entries, keys: meaning.keys, unfinishedBytes };
    return { ok: problems.length === 0, ...counts, problems: problems.slice(0, problemsMax) };
  } finally {
    snapshot.close();
  }
}

/** Checks that the engine can decode every stored value. */
class MeaningCheck {
  keys = 0;
  readonly problems: StateProblem[] = [];
  /** Number of items and last position of each list in the current collection. */
  readonly #lists = new Map<string, { items: number; last: number }>();
  readonly #outbox = new OutboxCheck();
  #collection = '';

  run(snapshot: StoreSnapshot): void {
    snapshot.visit(
      () => true,
      (entry) => {
        if (entry.collection !== this.#collection) this.#endCollection(entry.collection);
        this.keys += 1;
        try {
          const problem = this.#check(entry);
          if (problem !== undefined) this.#add(entry, problem);
        } catch (error) {
          this.#add(entry, StatefunError.is(error) ? error.summary : toError(error).message);
        }
      },
    );
    this.#endCollection('');
    for (const egressId of this.#outbox.egressesWithGaps()) {
      this.problems.push({ where: `outbox of ${egressId}`, what: 'an egress record is missing, or there is one too many' });
    }
  }

  #check(entry: SnapshotEntry): string | undefined {
    if (addressOf(entry.collection) !== undefined) return this.#checkState(entry);
    return this.#outbox.covers(entry.collection) ? this.#outbox.take(entry) : checkOwn(entry);
  }

  #checkState({ collection, key, value }: SnapshotEntry): string | undefined {
    const address = addressOf(collection);
    if (address === undefined || !isFunctionType(address.type) || !isAddressId(address.id)) return 'this is not the state of an address';
    if (remoteStateIn({ key, value }) !== undefined) return undefined;
    const parsed = parseEntryKey(key);
    if (parsed === undefined) return 'the key is not that of a value, a table entry or a list item';
    if (parsed.kind === 'table') parseStamp(value, parsed.name);
    if (parsed.kind !== 'list') return undefined;
    const position = Number(parsed.rest);
    if (!Number.isSafeInteger(position) || position < 0) return 'the position in the list is none';
    const list = this.#lists.get(parsed.name) ?? { items: 0, last: -1 };
    this.#lists.set(parsed.name, { items: list.items + 1, last: Math.max(list.last, position) });
    return undefined;
  }

  /** Checks that the positions of each list have no gaps. */
  #endCollection(next: string): void {
    for (const [name, { items, last }] of this.#lists) {
      const what = `list "${name}" has ${items} items, but the last one is at position ${last}`;
      if (last !== items - 1) this.problems.push({ where: this.#collection, what });
    }
    this.#lists.clear();
    this.#collection = next;
  }

  #add({ collection, key }: SnapshotEntry, what: string): void {
    this.problems.push({ where: `${collection}, key ${JSON.stringify(key)}`, what });
  }
}

/** Returns the problem of a value in the engine's own collections; undefined when there is none. Throws when it cannot be decoded. */
function checkOwn({ collection, key, value }: SnapshotEntry): string | undefined {
  if (collection === messagesCollection || collection === delayedCollection) {
    const { message, header } = decodeMessage(value);
    if (collection === delayedCollection && header.dueAt === undefined) return 'the message has no time at which it is due';
    return isSequence(key) ? (checkAddress(header.target) ?? checkEnvelope(message.envelope)) : 'the key is not a sequence number';
  }
  if (collection === deadLettersCollection) {
    const { id, kind, payload } = decodeDeadLetter(value);
    if (id !== key) return `it is dead letter ${id} under another key`;
    return kind === 'record' ? undefined : checkEnvelope(Envelope.decodeTrusted(payload));
  }
  if (collection === requestsCollection) return parseRequestKey(key) === undefined ? 'this version does not know the request' : undefined;
  if (collection.startsWith(positionsCollection(''))) return undefined;
  if (collection === remoteStatesCollection) return checkRemoteStates(key, value);
  const earlier = parseEarlierOutboxKey(collection, key);
  if (earlier === undefined) return 'this version does not know the collection';
  if (!isFunctionType(earlier.egressId) || !Number.isSafeInteger(earlier.sequence))
    return 'the key does not name an egress and a sequence number';
  return checkEnvelope(Envelope.decodeTrusted(value));
}

function checkRemoteStates(type: string, value: Uint8Array): string | undefined {
  if (!isFunctionType(type)) return 'the key is not a function type';
  return decodeRemoteStates(value).every(({ name, typename }) => name !== '' && typename !== '')
    ? undefined
    : 'a state has no name or no type';
}

function isSequence(key: string): boolean {
  return Number.isSafeInteger(Number(key)) && Number(key) > 0;
}

function checkAddress(text: string): string | undefined {
  const { type, id } = parseAddress(text);
  return isFunctionType(type) && isAddressId(id) ? undefined : `"${text.slice(0, 100)}" is not an address`;
}

/** Checks the event of an envelope, which is parsed on first access. */
function checkEnvelope(envelope: Envelope): string | undefined {
  return typeof envelope.event.type === 'string' ? undefined : 'the event has no type';
}
