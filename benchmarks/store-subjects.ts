import { ClassicLevel } from 'classic-level';
import { open as openLmdb } from 'lmdb';
import { openLogStore } from 'statefun/storage';
import type { Subject } from './store-measurement.ts';

/** An id and its value. */
export type Pair = readonly [string, string];

/** What every subject can do, each in the way that is fastest for it. */
export interface OpenSubject {
  /** Resolves when the pairs survive a crash of the machine. */
  commit(pairs: readonly Pair[]): Promise<void>;
  /** Fills it; durable when it is closed. */
  load(pairs: readonly Pair[]): Promise<void>;
  /** Reads the values of the ids and answers how many there are. */
  read(ids: readonly string[]): Promise<number>;
  close(): Promise<void>;
}

const open: Readonly<Record<Subject, (folder: string) => Promise<OpenSubject>>> = { log: openLog, level: openLevel, lmdb: openLmdbStore };

export function openSubject(subject: Subject, folder: string): Promise<OpenSubject> {
  return open[subject](folder);
}

/** As the engine uses it: a collection for each address, with one entry. */
async function openLog(folder: string): Promise<OpenSubject> {
  const store = await openLogStore({ folder });
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
