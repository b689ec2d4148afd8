import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { StoreSnapshot } from '../../../src/storage/snapshot/store-snapshot.ts';
import { Child } from '../child.ts';
import { createTemporaryFolder, removeFolder } from '../log-fixture.ts';

let folder: string;
let writer: Child;
beforeEach(async () => {
  folder = createTemporaryFolder();
  writer = new Child('write-pairs.mjs', [folder]);
  expect(await writer.line()).toBe('begun');
});
afterEach(async () => {
  await writer.kill();
  removeFolder(folder);
});

it('shows exactly one commit of a process that writes, compacts and removes files meanwhile', async () => {
  const segmentsSeen = new Set<number>();
  let [commitBefore, snapshots] = [0, 0];
  for (const endMs = performance.now() + 3_000; performance.now() < endMs; snapshots += 1) {
    const snapshot = await StoreSnapshot.open({ folder });
    for (const { number, kind } of snapshot.segments) if (kind === 'kept') segmentsSeen.add(number);
    // The writer goes on between opening and reading.
    await sleep(20);
    const numbers: number[] = [];
    const passing: number[] = [];
    snapshot.visit(
      () => true,
      ({ collection, key, value }) => void (collection === 'passing' ? passing.push(Number(key)) : numbers.push(Number(value.toString()))),
    );
    expect(numbers).toEqual(Array.from({ length: 20 }, () => snapshot.commit));
    expect(passing.sort((a, b) => a - b)).toEqual([4, 3, 2, 1, 0].map((back) => snapshot.commit - back));
    expect(snapshot.check().damages).toEqual([]);
    expect(snapshot.commit).toBeGreaterThanOrEqual(commitBefore);
    commitBefore = snapshot.commit;
    snapshot.close();
  }
  expect(snapshots).toBeGreaterThan(5);
  expect(commitBefore).toBeGreaterThan(200);
  expect(segmentsSeen.size).toBeGreaterThan(1);
});
