import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { lockFolder } from '../../src/storage/folder-lock.ts';
import { Child } from './child.ts';
import { createTemporaryFolder, removeFolder } from './log-fixture.ts';

describe('the lock of a folder, between processes', () => {
  let folder: string;
  const children: Child[] = [];

  const start = async (): Promise<Child> => {
    const child = new Child('take-lock.mjs', [folder]);
    children.push(child);
    expect(await child.line()).toBe('ready');
    return child;
  };
  const go = (child: Child): void => void child.process.stdin?.write('go\n');

  beforeEach(() => {
    folder = createTemporaryFolder();
  });

  afterEach(async () => {
    for (const child of children.splice(0)) await child.kill();
    removeFolder(folder);
  });

  it('is refused while its owner lives, also when the owner is stopped, and taken over after the owner was killed', async () => {
    const owner = await start();
    go(owner);
    expect(await owner.line()).toBe('held');
    await expect(lockFolder(folder)).rejects.toMatchObject({ code: 'STATE_FOLDER_LOCKED', facts: { pid: owner.process.pid } });
    owner.process.kill('SIGSTOP');
    await expect(lockFolder(folder)).rejects.toMatchObject({ code: 'STATE_FOLDER_LOCKED' });
    await owner.kill();
    expect(readdirSync(join(folder, 'lock'))).toHaveLength(1);
    await (await lockFolder(folder)).release();
    expect(readdirSync(join(folder, 'lock'))).toEqual([]);
  }, 20_000);

  it('is taken by exactly one of three processes that start at once, with what a killed owner left', async () => {
    for (let round = 0; round < 20; round += 1) {
      const contenders = await Promise.all([start(), start(), start()]);
      contenders.forEach(go);
      const outcomes = await Promise.all(contenders.map((child) => child.line()));
      expect(outcomes.toSorted()).toEqual(['STATE_FOLDER_LOCKED', 'STATE_FOLDER_LOCKED', 'held']);
      // The winner leaves its socket behind for the next round.
      await Promise.all(children.splice(0).map((child) => child.kill()));
      expect(readdirSync(join(folder, 'lock')).length).toBeGreaterThan(0);
    }
  }, 60_000);
});
