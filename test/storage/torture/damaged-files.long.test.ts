import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { StatefunError } from '../../../src/shared/errors.ts';
import type { StoreChange } from '../../../src/storage/store.ts';
import { createTemporaryFolder, removeFolder } from '../log-fixture.ts';
import { SimulatedDisk } from '../simulated-disk.ts';
import { History, Violation } from './history.ts';
import { openerFor } from './store-opener.ts';

const openSmall = openerFor(250);

/** Overwrites and removals over several segments; each commit says which one it is. */
const workload = Array.from({ length: 6 }, (_, position): StoreChange[] => [
  { collection: 'counter', key: 'commits', value: String(position + 1) },
  { collection: 'timers', key: `k${position % 3}`, value: position === 4 ? undefined : `value ${position}` },
]);

/** What may be said about a damaged folder. */
const codes = ['STORE_CORRUPT', 'STORE_FORMAT_NEWER', 'STATE_FOLDER_NOT_OURS'];

/**
 * A small store, and every way to damage one of its files. Whatever happened to it, opening and reading refuse with a code, or show what
 * was there after a commit that may be the last one; never anything else.
 */
describe.each([
  ['with the dump of its index', true],
  ['without the dump of its index', false],
])('a state folder of which a file is damaged, %s', (_which, dumped) => {
  let folder: string;
  let files: ReadonlyMap<string, Buffer>;
  let history: History;
  let lastSegment: string | undefined;
  const outcomes = new Map<string, number>();

  beforeAll(async () => {
    folder = createTemporaryFolder();
    const disk = new SimulatedDisk(1);
    history = new History();
    const store = await openSmall(disk, folder);
    for (const changes of workload) {
      history.begin(changes);
      await store.commit(changes);
    }
    await store.close();
    const paths = disk.paths().filter((path) => dumped || !path.endsWith('.dump'));
    files = new Map(paths.map((path) => [path, disk.bytesOf(path)]));
    expect(files.size).toBeGreaterThan(4);
    lastSegment = [...files.keys()]
      .filter((path) => path.endsWith('.log'))
      .sort()
      .at(-1);
  });
  afterAll(() => removeFolder(folder));

  /** Opens a copy in which one file has other bytes, or is missing, and tells how that went. */
  const open = async (damaged: string, bytes: Buffer | undefined): Promise<string> => {
    const disk = new SimulatedDisk(1);
    disk.makeFolderSync(join(folder, 'segments'));
    for (const [path, contents] of files) if (path !== damaged) disk.replace(path, contents);
    if (bytes !== undefined) disk.replace(damaged, bytes);
    const outcome = await outcomeOf(disk);
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    return outcome;
  };

  const outcomeOf = async (disk: SimulatedDisk): Promise<string> => {
    try {
      const store = await openSmall(disk, folder);
      try {
        return await history.recognize(store);
      } finally {
        await store.close();
      }
    } catch (error) {
      if (error instanceof Violation || !StatefunError.is(error) || !codes.includes(error.code)) throw error;
      return error.code;
    }
  };

  /** Every number below the end of a file; of the dump, which is large, and with it, some. */
  const samplesOf = (end: number): number[] =>
    Array.from({ length: end }, (_, number) => number).filter((number) =>
      end > 20_000 ? number % (number < 10_000 ? 17 : 4_999) === 0 : !dumped || number % 9 === 0,
    );

  const flipped = (bytes: Buffer, bit: number): Buffer => {
    const copy = Buffer.from(bytes);
    copy.writeUInt8(copy.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
    return copy;
  };

  /** Refused, or as it was; only where the last segment ends is there no telling damage from a write that was interrupted. */
  const expectSound = async (path: string, bytes: Buffer | undefined, lastCommits: readonly number[]): Promise<void> => {
    const sound = path === lastSegment ? lastCommits : [6];
    const outcome = await open(path, bytes);
    if (!codes.includes(outcome) && !sound.some((commit) => outcome === `commit ${commit}`)) expect(outcome).toBe('refused');
  };

  it('is as it was when nothing is damaged', async () => {
    expect(await open('none', undefined)).toBe('commit 6');
  });

  it('is refused, or loses no more than the last commit, whatever bit is flipped', async () => {
    for (const [path, bytes] of files) {
      for (const bit of samplesOf(bytes.length * 8)) await expectSound(path, flipped(bytes, bit), dumped ? [6] : [5]);
    }
    expect(outcomes.get('STORE_CORRUPT')).toBeGreaterThan(500);
    if (!dumped) expect(outcomes.get('commit 5')).toBeGreaterThan(100);
  });

  it('is refused, or loses no more than what the last segment holds, wherever a file is cut (STORE-R3)', async () => {
    for (const [path, bytes] of files) {
      for (const length of samplesOf(bytes.length)) await expectSound(path, bytes.subarray(0, length), dumped ? [] : [4, 5]);
    }
  });

  it.each([
    ['is missing', () => undefined],
    ['is empty', () => Buffer.alloc(0)],
    ['is all zeros', (bytes: Buffer) => Buffer.alloc(bytes.length)],
    ['is followed by zeros', (bytes: Buffer) => Buffer.concat([bytes, Buffer.alloc(700)])],
    ['is there twice', (bytes: Buffer) => Buffer.concat([bytes, bytes])],
    ['begins with zeros', (bytes: Buffer) => Buffer.concat([Buffer.alloc(40), bytes])],
    ['ends with zeros', (bytes: Buffer) => Buffer.concat([bytes.subarray(0, -40), Buffer.alloc(40)])],
  ])('is refused, or loses no more than what the last segment holds, when a file %s', async (_what, damage) => {
    for (const [path, bytes] of files) await expectSound(path, damage(bytes), [4, 5, 6]);
  });

  it('is refused, or loses no more than what the last segment holds, when a file is a copy of another one', async () => {
    for (const path of files.keys()) {
      for (const other of files.values()) await expectSound(path, other, [4, 5, 6]);
    }
  });
});
