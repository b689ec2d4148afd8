import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { cpSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createQuickFolder, Machine } from './checkpoint-bed.ts';
import { MemoryObjects } from './memory-storage.ts';

describe('the checkpoints of an engine refuse (CHECKPOINT-S2)', () => {
  let objects: MemoryObjects;
  let machine: Machine;
  const machines: Machine[] = [];
  const newMachine = (): Machine => {
    const made = new Machine(objects, machines[0]?.pacing);
    machines.push(made);
    return made;
  };

  beforeEach(() => {
    objects = new MemoryObjects();
    machine = newMachine();
  });
  afterEach(async () => {
    for (const each of machines.splice(0)) await each.dispose();
  });

  beforeEach(async () => {
    await machine.start();
    await machine.fill(0, 10);
  });

  it('an older copy of the folder', async () => {
    const copy = createQuickFolder();
    await machine.stop();
    cpSync(machine.folder, copy, { recursive: true });
    await machine.start();
    await machine.fill(10, 20);
    await machine.checkpoint();
    await machine.stop();
    rmSync(machine.folder, { recursive: true });
    cpSync(copy, machine.folder, { recursive: true });
    rmSync(copy, { recursive: true });
    await expect(machine.start()).rejects.toMatchObject({ code: 'STATE_BEHIND_CHECKPOINT', facts: { commit: 10, checkpointCommit: 20 } });
  });

  it('the folder of an engine that another one has replaced, however many commits it holds (CHECKPOINT-S1)', async () => {
    await machine.checkpoint();
    await machine.fill(10, 30);
    await machine.kill();
    const other = newMachine();
    await other.start();
    await other.set('other', 'machine');
    await other.checkpoint();
    await other.stop();
    await expect(machine.start()).rejects.toMatchObject({ code: 'STATE_BEHIND_CHECKPOINT', facts: { commit: 30 } });
    // What to do: move it away.
    machine.loseDisk();
    await machine.start();
    expect(await machine.contents()).toMatchObject({ other: 'machine' });
  });

  it('state that was never used with these checkpoints', async () => {
    await machine.checkpoint();
    await machine.stop();
    const other = newMachine();
    const { folder } = other;
    rmSync(folder, { recursive: true });
    cpSync(machine.folder, folder, { recursive: true });
    rmSync(join(folder, 'checkpoint.json'));
    await expect(other.start()).rejects.toMatchObject({ code: 'STATE_BEHIND_CHECKPOINT' });
  });

  it('the checkpoints of another application, before anything is written', async () => {
    await machine.checkpoint();
    await machine.stop();
    const other = newMachine();
    await expect(other.start({ application: 'orders' })).rejects.toMatchObject({ code: 'CHECKPOINT_NOT_OURS' });
    objects.versions.clear();
    await expect(other.start({ application: 'orders' })).rejects.toMatchObject({ code: 'CHECKPOINT_NOT_OURS' });
    expect(readdirSync(other.folder)).toEqual([]);
  });

  it('a checkpoint of a newer format', async () => {
    await machine.checkpoint();
    await machine.stop();
    objects.objects.set('checkpoints/0000000009-0000000001.json', Buffer.from('{"format":2}'));
    await expect(newMachine().start()).rejects.toMatchObject({ code: 'CHECKPOINT_FORMAT_NEWER' });
  });

  it.each(['null', '[]', '{"format":1}', 'x'])('a manifest that is no checkpoint: %s', async (text) => {
    await machine.checkpoint();
    await machine.stop();
    objects.objects.set('checkpoints/0000000009-0000000001.json', Buffer.from(text));
    const other = newMachine();
    await expect(other.start()).rejects.toMatchObject({ code: 'CHECKPOINT_OBJECT_CORRUPT' });
    expect(readdirSync(other.folder)).toEqual([]);
  });

  it.each<[string, (bytes: Buffer) => Buffer | undefined, string]>([
    ['that is missing', () => undefined, 'CHECKPOINT_OBJECT_MISSING'],
    ['that is cut', (bytes) => bytes.subarray(0, bytes.length - 2), 'CHECKPOINT_OBJECT_CORRUPT'],
    [
      'of which one bit is another',
      (bytes) => Buffer.from(bytes).fill((bytes.at(-1) ?? 0) ^ 1, bytes.length - 1),
      'CHECKPOINT_OBJECT_CORRUPT',
    ],
    ['of another length', (bytes) => Buffer.concat([bytes, Buffer.from('x')]), 'CHECKPOINT_OBJECT_CORRUPT'],
  ])('an object %s, and leave the folder as it was (CHECKPOINT-P1)', async (_name, damage, code) => {
    await machine.checkpoint();
    await machine.stop();
    for (const key of [...objects.pieces, ...objects.manifests]) {
      const whole = objects.objects.get(key) ?? Buffer.alloc(0);
      const damaged = damage(whole);
      if (damaged === undefined && key.startsWith('checkpoints/')) continue;
      if (damaged === undefined) objects.objects.delete(key);
      else objects.objects.set(key, damaged);
      const other = newMachine();
      await expect(other.start()).rejects.toMatchObject({ code });
      expect(readdirSync(other.folder)).toEqual([]);
      objects.objects.set(key, whole);
    }
  });
});
