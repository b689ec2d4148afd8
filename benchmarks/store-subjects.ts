import { openLogStore } from 'statefun/storage';
import { liveBytesPerKey } from './store-data.ts';
import type { Subject } from './store-measurement.ts';

/** An id and its value. */
export type Pair = readonly [string, string];

/** The operations of every subject, each in its fastest way. */
export interface OpenSubject {
  /** Resolves when the pairs survive a crash of the machine. */
  commit(pairs: readonly Pair[]): Promise<void>;
  /** Fills it; durable when it is closed. */
  load(pairs: readonly Pair[]): Promise<void>;
  /** Reads the values of the ids and returns their number. */
  read(ids: readonly string[]): Promise<number>;
  close(): Promise<void>;
}

/** With fewer keys than the goals are about, segments are smaller too: garbage is collected from whole ones. */
const segmentsOfLiveData = 20;
const segmentBytesMaxDefault = 64 * 1024 * 1024;

const open: Readonly<Record<Subject, (folder: string, keys: number) => Promise<OpenSubject>>> = {
  log: openLog,
  level: openLevel,
  lmdb: openLmdbStore,
};

export function openSubject(subject: Subject, folder: string, keys: number): Promise<OpenSubject> {
  return open[subject](folder, keys);
}

/** The log store as the engine uses it: a collection for each address, with one key. */
async function openLog(folder: string, keys: number): Promise<OpenSubject> {
  const segmentBytesMax = Math.min(segmentBytesMaxDefault, Math.ceil((keys * liveBytesPerKey) / segmentsOfLiveData));
  const store = await openLogStore({ folder, segmentBytesMax });
  const collectionOf = (id: string): string => `state/bench/account/${id}`;
  const commit = (pairs: readonly Pair[]): Promise<void> =>
    store.commit(pairs.map(([id, value]) => ({ collection: collectionOf(id), key: 'v/value', value })));
  return {
    commit,
    load: commit,
    async read(ids) {
      const loaded = await Promise.all(ids.map((id) => Promise.resolve(store.load(collectionOf(id)))));
      return loaded.reduce((count, entries) => count + entries.length, 0);
    },
    close: () => store.close(),
  };
}

async function openLevel(folder: string): Promise<OpenSubject> {
  const { ClassicLevel } = await import('classic-level');
  const database = new ClassicLevel<string, string>(folder);
  await database.open();
  const write = (pairs: readonly Pair[], sync: boolean): Promise<void> =>
    database.batch(
      pairs.map(([key, value]) => ({ type: 'put' as const, key, value })),
      { sync },
    );
  return {
    commit: (pairs) => write(pairs, true),
    load: (pairs) => write(pairs, false),
    read: async (ids) => (await database.getMany([...ids])).filter((value) => value !== undefined).length,
    close: () => database.close(),
  };
}

async function openLmdbStore(folder: string): Promise<OpenSubject> {
  const { open: openLmdb } = await import('lmdb');
  const database = openLmdb<string, string>({ path: folder, encoding: 'string' });
  const put = async (pairs: readonly Pair[]): Promise<void> => {
    await database.transaction(() => {
      for (const [key, value] of pairs) void database.put(key, value);
    });
  };
  return {
    async commit(pairs) {
      await put(pairs);
      await database.flushed;
    },
    load: put,
    read: (ids) => Promise.resolve(ids.filter((id) => database.get(id) !== undefined).length),
    close: () => database.close(),
  };
}
