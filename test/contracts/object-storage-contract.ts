import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { listAll, type ObjectStorage } from '../../src/checkpoints/object-storage.ts';

export interface OpenedStorage {
  readonly storage: ObjectStorage;
  /** Opens the same objects a second time, as another process would. */
  readonly reopen: () => ObjectStorage | Promise<ObjectStorage>;
  readonly dispose: () => Promise<void> | void;
}

const text = (bytes: Uint8Array | undefined): string | undefined => (bytes === undefined ? undefined : Buffer.from(bytes).toString());
const bytesOf = (content: string): Buffer => Buffer.from(content);

/** What every storage of objects keeps to; `open` returns an empty one. */
export function describeObjectStorage(name: string, open: () => OpenedStorage | Promise<OpenedStorage>): void {
  describe(`${name} keeps the contract of an object storage`, () => {
    let opened: OpenedStorage;
    let storage: ObjectStorage;

    beforeEach(async () => {
      opened = await open();
      storage = opened.storage;
    });
    afterEach(async () => {
      await storage.close();
      await opened.dispose();
    });

    it('returns what was written, to everyone (CHECKPOINT-O1)', async () => {
      expect(await storage.put('segments/a.b', bytesOf('first'))).toBe(true);
      expect(await storage.put('segments/a.b', bytesOf('second'))).toBe(true);
      const other = await opened.reopen();
      expect(text(await other.get('segments/a.b'))).toBe('second');
      expect(await other.head('segments/a.b')).toEqual({ key: 'segments/a.b', bytes: 6 });
      await other.close();
    });

    it('returns nothing for what is not there', async () => {
      expect(await storage.get('nothing')).toBeUndefined();
      expect(await storage.head('nothing')).toBeUndefined();
      expect(await storage.versioned('nothing').read()).toBeUndefined();
      expect(await listAll(storage, '')).toEqual([]);
      await expect(storage.delete('nothing')).resolves.toBeUndefined();
    });

    it('returns parts of an object, and keeps empty and large ones', async () => {
      const large = Buffer.alloc(300_000, 'statefun ');
      await storage.put('large', large);
      await storage.put('empty', Buffer.alloc(0));
      expect((await storage.get('large'))?.equals(large)).toBe(true);
      expect((await storage.get('large', { start: 100_000, end: 100_010 }))?.equals(large.subarray(100_000, 100_010))).toBe(true);
      expect((await storage.get('large', { start: 299_990, end: 400_000 }))?.equals(large.subarray(299_990))).toBe(true);
      expect(await storage.get('empty')).toHaveLength(0);
    });

    it('creates an object only once if it must be absent (CHECKPOINT-O2)', async () => {
      const other = await opened.reopen();
      const contents = Array.from({ length: 8 }, (_, index) => `${index}`);
      const written = await Promise.all(
        contents.map((content, index) => (index % 2 === 0 ? storage : other).put('once', bytesOf(content), { absent: true })),
      );
      expect(written.filter(Boolean)).toHaveLength(1);
      expect(text(await storage.get('once'))).toBe(contents[written.indexOf(true)]);
      await other.close();
    });

    it('replaces a version only once, and never one that has been replaced (CHECKPOINT-O2)', async () => {
      const other = await opened.reopen();
      const [one, two] = [storage.versioned('lease'), other.versioned('lease')];
      const created = await Promise.all(
        ['a', 'b', 'c'].map((content, index) => (index % 2 === 0 ? one : two).replace(bytesOf(content), undefined)),
      );
      expect(created.filter((version) => version !== undefined)).toHaveLength(1);
      const stale = created.find((version) => version !== undefined) ?? '';
      for (let round = 0; round < 30; round += 1) {
        const present = await one.read();
        const replaced = await Promise.all(
          [one, two, one, two].map((each, index) => each.replace(bytesOf(`${round} ${index}`), present?.version)),
        );
        expect(replaced.filter((version) => version !== undefined)).toHaveLength(1);
        const read = await two.read();
        expect({ bytes: text(read?.bytes), version: read?.version }).toEqual({
          bytes: `${round} ${replaced.findIndex((version) => version !== undefined)}`,
          version: replaced.find((version) => version !== undefined),
        });
        expect(await two.replace(bytesOf('stale'), stale)).toBeUndefined();
        expect(await two.replace(bytesOf('stale'), undefined)).toBeUndefined();
      }
      await other.close();
    });

    it('lists all objects of a prefix in the order of their keys, over several pages (CHECKPOINT-O3)', async () => {
      const keys = Array.from({ length: 25 }, (_, index) => `checkpoints/${String(index * 7).padStart(4, '0')}`);
      for (const key of [...keys].reverse()) await storage.put(key, bytesOf(key));
      await storage.put('segments/other', bytesOf('x'));
      expect(await listAll(storage, 'checkpoints/')).toEqual(keys.map((key) => ({ key, bytes: key.length })));
      for (const key of keys.slice(0, 20)) await storage.delete(key);
      expect((await listAll(storage, 'checkpoints/')).map(({ key }) => key)).toEqual(keys.slice(20));
    });
  });
}
