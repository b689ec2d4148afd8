import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { cpSync, existsSync, mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Machine } from './checkpoint-bed.ts';
import { MemoryObjects } from './memory-storage.ts';

describe('the checkpoints of an engine', () => {
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

  it('are restored by themselves into an empty folder, with exactly one commit (CHECKPOINT-C1)', async () => {
    expect(await machine.start()).toEqual({ epoch: 1, baseCommit: undefined });
    await machine.fill(0, 30);
    const expected = await machine.contents();
    const report = await machine.checkpoint();
    expect(report).toMatchObject({ id: '1-1', commit: 30 });
    await machine.fill(30, 40);
    await machine.kill();
    machine.loseDisk();

    const begun = await machine.start();
    expect(begun).toMatchObject({ epoch: 2, baseCommit: 30, restored: { id: '1-1', commit: 30, bytes: report.bytes } });
    expect(await machine.contents()).toEqual(expected);
    expect(machine.store?.stats().commits).toBe(30);
  });

  it('upload bytes once, and only what is new of the segment that takes frames (CHECKPOINT-C2)', async () => {
    await machine.start();
    await machine.fill(0, 20);
    const first = await machine.checkpoint();
    expect(first.bytesUploaded).toBe(first.bytes);
    await machine.running.store.compacted();
    const second = await machine.checkpoint();
    await machine.set('more', 'x');
    const third = await machine.checkpoint();
    expect(third.bytesUploaded).toBeLessThan(200);
    expect(third.bytes).toBe(second.bytes + third.bytesUploaded);
    const uploaded = objects.pieces.length;
    await machine.checkpoint();
    expect(objects.pieces).toHaveLength(uploaded);
  });

  it('upload a segment with many pieces again, so that a restore needs few requests', async () => {
    await machine.start();
    for (let step = 0; step < 60; step += 1) {
      await machine.running.store.commit([{ collection: 'c', key: 'k', value: '' }]);
      await machine.checkpoint();
    }
    const newest = JSON.parse(objects.objects.get(objects.manifests.at(-1) ?? '')?.toString() ?? '') as {
      segments: { pieces: object[] }[];
    };
    expect(newest.segments.every(({ pieces: each }) => each.length <= 16)).toBe(true);
    await machine.kill();
    machine.loseDisk();
    await machine.start();
    expect(machine.store?.stats().commits).toBe(60);
  });

  it('go on after a restart without uploading anything again, and after a restore', async () => {
    await machine.start();
    await machine.fill(0, 30);
    await machine.checkpoint();
    await machine.stop();
    expect(await machine.start()).toMatchObject({ epoch: 2, baseCommit: 30 });
    await machine.set('more', 'x');
    const second = await machine.checkpoint();
    expect(second.bytesUploaded).toBeLessThan(second.bytes / 3);
    await machine.kill();
    machine.loseDisk();
    await machine.start();
    await machine.set('even more', 'x');
    const third = await machine.checkpoint();
    expect(third.bytesUploaded).toBeLessThan(third.bytes / 3);
    expect(await machine.contents()).toMatchObject({ more: 'x', 'even more': 'x' });
  });

  it('keep as many as wanted, and every piece that one of them names (CHECKPOINT-R1, CHECKPOINT-R2)', async () => {
    await machine.start({ keep: 2 });
    for (let round = 0; round < 8; round += 1) {
      await machine.fill(round * 10, round * 10 + 10);
      await machine.running.store.compacted();
      await machine.checkpoint();
    }
    expect(objects.manifests).toEqual(['checkpoints/0000000001-0000000007.json', 'checkpoints/0000000001-0000000008.json']);
    const named = objects.manifests.flatMap((key) => {
      const { segments } = JSON.parse(objects.objects.get(key)?.toString() ?? '') as { segments: { pieces: { key: string }[] }[] };
      return segments.flatMap((segment) => segment.pieces.map((piece) => piece.key));
    });
    expect([...new Set(named)].sort()).toEqual([...objects.pieces].sort());
  });

  it('do not lose older checkpoints by restarts: what a start takes over counts once', async () => {
    await machine.start({ keep: 2 });
    await machine.fill(0, 10);
    await machine.checkpoint();
    await machine.fill(10, 20);
    await machine.checkpoint();
    for (let start = 0; start < 5; start += 1) {
      await machine.stop();
      await machine.start({ keep: 2 });
    }
    await machine.checkpoint();
    const commits = objects.manifests.map((key) => (JSON.parse(objects.objects.get(key)?.toString() ?? '') as { commit: number }).commit);
    expect(commits).toEqual([10, 20]);
  });

  it('delete nothing while the list does not show what is known to exist (CHECKPOINT-R2)', async () => {
    await machine.start({ keep: 2 });
    for (let round = 0; round < 3; round += 1) {
      await machine.fill(round * 10, round * 10 + 10);
      await machine.checkpoint();
    }
    const before = [...objects.objects.keys()];
    const { list } = machine.storage;
    machine.storage.list = async (prefix, from) => {
      const page = await list.call(machine.storage, prefix, from);
      return prefix === 'checkpoints/' ? { objects: page.objects.slice(1), next: undefined } : page;
    };
    await machine.fill(30, 40);
    await machine.checkpoint();
    expect([...objects.objects.keys()]).toEqual(expect.arrayContaining(before));
    expect(machine.lines.filter(({ severity }) => severity === 'warn')).toHaveLength(1);
  });

  it('begin anew beside the checkpoints if asked for it, and not without being asked', async () => {
    await machine.start();
    await machine.fill(0, 10);
    await machine.checkpoint();
    await machine.kill();
    machine.loseDisk();
    expect(await machine.start({ fresh: true })).toMatchObject({ epoch: 2, skipped: { id: '1-1' }, baseCommit: undefined });
    expect(await machine.contents()).toEqual({});
    await machine.stop();
    // The folder has begun anew: the next start needs not be asked again.
    await machine.start();
    await machine.set('new', 'history');
    await machine.checkpoint();
    await machine.kill();
    machine.loseDisk();
    await machine.start();
    expect(await machine.contents()).toEqual({ new: 'history' });
  });

  it('restore again what an interrupted restore left (CHECKPOINT-P2)', async () => {
    await machine.start();
    await machine.fill(0, 10);
    const expected = await machine.contents();
    await machine.checkpoint();
    await machine.stop();
    const complete = machine.folder;
    const other = newMachine();
    // As it is when the last step was not done.
    cpSync(complete, other.folder, { recursive: true, filter: (path) => !path.endsWith('store.json') && !path.endsWith('/lock') });
    mkdirSync(join(other.folder, 'restoring'));
    writeFileSync(join(other.folder, 'restoring', 'rest'), 'x');
    expect(await other.start()).toMatchObject({ restored: { commit: 10 } });
    expect(await other.contents()).toEqual(expected);
    expect(existsSync(join(other.folder, 'restoring'))).toBe(false);
  });

  it('check what they upload: a damaged segment is no checkpoint (CHECKPOINT-C3)', async () => {
    await machine.start();
    await machine.fill(0, 10);
    await machine.checkpoint();
    await machine.fill(10, 14);
    const pinned = machine.running.store.pin();
    const { path = '', bytes = 0 } = pinned.segments.at(-1) ?? {};
    pinned.release();
    truncateSync(path, bytes - 1);
    await expect(machine.checkpoint()).rejects.toMatchObject({ code: 'STORE_CORRUPT' });
    expect(objects.manifests).toHaveLength(1);
  });

  it('notice an upload of which the storage kept a part, and replace it with the next checkpoint (CHECKPOINT-C3)', async () => {
    await machine.start();
    await machine.fill(0, 10);
    const { put } = machine.storage;
    machine.storage.put = (key, bytes, options) =>
      put.call(machine.storage, key, key.startsWith('segments/') ? bytes.subarray(0, bytes.length / 2) : bytes, options);
    await expect(machine.checkpoint()).rejects.toMatchObject({ code: 'CHECKPOINT_OBJECT_CORRUPT' });
    machine.storage.put = put;
    expect(await machine.checkpoint()).toMatchObject({ commit: 10 });
  });

  it('are complete although the answer to the manifest was lost', async () => {
    await machine.start();
    await machine.fill(0, 10);
    let lost = false;
    const { put } = machine.storage;
    machine.storage.put = async (key, bytes, options) => {
      const written = await put.call(machine.storage, key, bytes, options);
      if (!key.startsWith('checkpoints/') || lost) return written;
      lost = true;
      return put.call(machine.storage, key, bytes, options);
    };
    expect(await machine.checkpoint()).toMatchObject({ id: '1-1' });
  });

  it('are overtaken by the next epoch, whatever an engine that lost its lease still writes (CHECKPOINT-C4)', async () => {
    await machine.start();
    await machine.fill(0, 10);
    await machine.checkpoint();
    const late = new Map(objects.objects);
    await machine.fill(10, 20);
    await machine.checkpoint();
    const [zombie = ''] = objects.manifests.slice(-1);
    const content = objects.objects.get(zombie) ?? Buffer.alloc(0);
    // The second manifest is on its way while the other engine begins.
    await machine.kill();
    objects.objects.clear();
    for (const [key, bytes] of late) objects.objects.set(key, bytes);
    const other = newMachine();
    await other.start();
    objects.objects.set(zombie, content);
    await other.kill();
    other.loseDisk();
    await other.start();
    expect(other.store?.stats().commits).toBe(10);
    await other.set('more', 'x');
    await other.checkpoint();
    expect(objects.manifests).not.toContain(zombie);
  });
});
