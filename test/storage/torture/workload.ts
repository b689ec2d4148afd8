import type { Store, StoredEntry, StoreChange } from '../../../src/storage/store.ts';
import { below } from '../../../src/shared/seeded-random.ts';

/** The value of every key by collection and key, as text. */
export type Contents = ReadonlyMap<string, string>;

const collections = ['state/a/1', 'state/a/2', 'timers', 'outbox'];
const keys = ['k0', 'k1', 'k2', 'k3', 'k4'];

/** Says in every commit which one it is. */
const counter = { collection: 'counter', key: 'commits' };

/** The next commit: few keys, so that most are overwritten and removed again and again; lengths around those of sectors. */
export function nextCommit(number: number, random: () => number): StoreChange[] {
  const changes = Array.from({ length: below(random, 5) }, (_, position): StoreChange => {
    const names = { collection: pick(collections, random), key: pick(keys, random) };
    if (below(random, 4) === 0) return { ...names, value: undefined };
    return { ...names, value: `${number}.${position} `.padEnd(pick([1, 20, 120, 300, 900], random), 'x') };
  });
  changes.splice(below(random, changes.length + 1), 0, { ...counter, value: String(number) });
  return changes;
}

/**
 * The objects that one process keeps for its keys, like an engine that forgets addresses and loads them again: now and then a key gets a new
 * object, is changed without one, or by one that was forgotten.
 */
export class KeptEntries {
  readonly #kept = new Map<string, StoredEntry[]>();

  /** The same changes, most of them with an object. */
  attach(changes: readonly StoreChange[], random: () => number): StoreChange[] {
    return changes.map((change) => {
      const ascii = below(random, 2) === 0;
      const kind = below(random, 8);
      return kind === 0 ? change : { ...change, ascii, entry: this.#entryOf(`${change.collection}#${change.key}`, kind, random) };
    });
  }

  #entryOf(name: string, kind: number, random: () => number): StoredEntry {
    const kept = this.#kept.get(name) ?? [];
    this.#kept.set(name, kept);
    if (kind === 1) return pick([...kept, { slot: 0 }], random);
    const last = kept.at(-1);
    if (kind > 2 && last !== undefined) return last;
    const entry: StoredEntry = { slot: 0 };
    kept.push(entry);
    return entry;
  }
}

export function applyCommit(contents: Contents, changes: readonly StoreChange[]): Contents {
  const after = new Map(contents);
  for (const { collection, key, value } of changes) {
    if (value === undefined) after.delete(`${collection}#${key}`);
    else after.set(`${collection}#${key}`, value as string); // a workload writes texts
  }
  return after;
}

/** Everything that the store gives out. Fails when it counts more keys than it gives out. */
export async function readContents(store: Store): Promise<Contents> {
  const contents = new Map<string, string>();
  for (const collection of [...collections, counter.collection]) {
    for (const { key, value } of await store.load(collection)) {
      if (contents.has(`${collection}#${key}`)) throw new Error(`${collection}#${key} is given out twice`);
      contents.set(`${collection}#${key}`, Buffer.from(value).toString());
    }
  }
  const { keys } = store.stats();
  if (keys !== contents.size) throw new Error(`the store counts ${keys} keys and gives out ${contents.size}`);
  return contents;
}

/** The commit that the contents are of, by their own account. */
export function commitOf(contents: Contents): number {
  return Number(contents.get(`${counter.collection}#${counter.key}`) ?? 0);
}

/** The first key in which the two differ. */
export function differenceOf(expected: Contents, actual: Contents): string | undefined {
  for (const name of new Set([...expected.keys(), ...actual.keys()])) {
    const [wanted, found] = [expected.get(name), actual.get(name)];
    if (wanted !== found) return `${name} should be ${show(wanted)} and is ${show(found)}`;
  }
  return undefined;
}

function show(value: string | undefined): string {
  return value === undefined ? 'absent' : `"${value.slice(0, 12).trimEnd()}" (${value.length} characters)`;
}

function pick<T>(among: readonly T[], random: () => number): T {
  return among[below(random, among.length)] as T; // the lists have entries
}
