import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { lockFolder } from '../../../src/storage/folder/folder-lock.ts';
import { Child } from '../child.ts';
import { createTemporaryFolder, removeFolder } from '../log-fixture.ts';

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

  const hold = async (at: string, limits?: string, environment?: NodeJS.ProcessEnv): Promise<Child> => {
    const child = new Child('hold-store.mjs', [at], limits, environment);
    children.push(child);
    expect(await child.line()).toBe('held');
    return child;
  };

  it('is refused while its owner has no file descriptor left, which accepts connections and closes them at once', async () => {
    const owner = await hold(folder, 'ulimit -n 100');
    go(owner);
    expect(await owner.line()).toBe('EMFILE');
    await expect(lockFolder(folder)).rejects.toMatchObject({ code: 'STATE_FOLDER_LOCKED' });
    const second = new Child('hold-store.mjs', [folder]);
    children.push(second);
    expect(await second.line()).toBe('STATE_FOLDER_LOCKED');
  }, 40_000);

  it('is the same for processes with different temporary folders, however long the path of the folder is', async () => {
    const deep = join(folder, 'x'.repeat(100), 'y'.repeat(100));
    for (const temporary of ['t1', 't2']) mkdirSync(join(folder, temporary));
    await hold(deep, undefined, { TMPDIR: join(folder, 't1') });
    const second = new Child('hold-store.mjs', [deep], undefined, { TMPDIR: join(folder, 't2') });
    children.push(second);
    expect(await second.line()).toBe('STATE_FOLDER_LOCKED');
    expect([...readdirSync(join(folder, 't1')), ...readdirSync(join(folder, 't2'))]).toEqual([]);
  }, 20_000);

  it('is left with the next commit by a process whose lock was removed, once another one has opened the folder', async () => {
    const first = await hold(folder);
    rmSync(join(folder, 'lock'), { recursive: true });
    await hold(folder);
    first.process.stdin?.write('commit\n');
    expect(await first.line()).toBe('STATE_FOLDER_CHANGED');
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
