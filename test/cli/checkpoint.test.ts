import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { CheckpointService } from '../../src/checkpoints/checkpoint-service.ts';
import { realPacing } from '../../src/checkpoints/pacing.ts';
import { main } from '../../src/cli/main.ts';
import { silentLogger } from '../../src/shared/logger.ts';
import { createQuickFolder } from '../checkpoints/checkpoint-bed.ts';
import { openInline, removeFolder } from '../storage/log-fixture.ts';

describe('statefun checkpoint', () => {
  let place: string;
  let folder: string;
  let target: string;
  const run = async (...parameters: readonly string[]): Promise<{ code: number; out: string; err: string }> => {
    let [out, err] = ['', ''];
    const code = await main(['checkpoint', ...parameters], { out: (text) => void (out += text), err: (text) => void (err += text) });
    return { code, out, err };
  };
  const runJson = async (...parameters: readonly string[]): Promise<unknown> =>
    JSON.parse((await run(...parameters, '--json')).out) as unknown;

  /** Runs an engine's checkpoints on a folder, with one checkpoint after each of the values. */
  const live = async (state: string, values: readonly string[]): Promise<void> => {
    const settings = { to: `file:${place}`, s3: {}, application: 'carts', folder: state, fresh: false, keep: 3, leaseMs: 30_000 };
    const service = new CheckpointService(
      { ...settings, uploadBytesPerSecondMax: Infinity },
      { pacing: realPacing, logger: silentLogger, leaseChanged: () => undefined },
    );
    await service.begin();
    const store = await openInline(state);
    for (const value of values) {
      await store.commit([{ collection: 'c', key: 'k', value }]);
      const pinned = store.pin();
      await service.checkpoint({ identity: store.identity, commit: pinned.commit, segments: pinned.segments });
      pinned.release();
    }
    await store.close();
    await service.end({ free: true });
  };
  const valueIn = async (state: string): Promise<string | undefined> => {
    const store = await openInline(state);
    const [entry] = await store.load('c');
    await store.close();
    return entry === undefined ? undefined : Buffer.from(entry.value).toString();
  };

  beforeEach(async () => {
    [place, folder, target] = [createQuickFolder(), createQuickFolder(), createQuickFolder()];
    await live(folder, ['one', 'two']);
  });
  afterEach(() => [place, folder, target].forEach(removeFolder));

  it('lists the checkpoints, newest first', async () => {
    const { code, out } = await run('list', '--from', `file:${place}`);
    expect(code).toBe(0);
    expect(out).toMatch(/holds 2 checkpoints\n {2}1-2 {2}commit 2 {2}\d{4}-.*carts\n {2}1-1 {2}commit 1 /);
    expect(await runJson('list', '--from', `file:${place}`)).toMatchObject({
      checkpoints: [
        { id: '1-2', commit: 2 },
        { id: '1-1', commit: 1 },
      ],
    });
    expect((await run('list', '--from', `file:${target}`)).out).toBe(`file:${target} holds no checkpoint\n`);
  });

  it('finds the place in the settings', async () => {
    expect(await runJson('list', '--set', `checkpoints.to=file:${place}`)).toMatchObject({ checkpoints: [{ id: '1-2' }, { id: '1-1' }] });
    writeFileSync(join(target, 'application.yaml'), `checkpoints:\n  to: file:${place}\ncart:\n  unknown: 1\n`);
    expect(await runJson('list', '--configuration-folder', target)).toMatchObject({ checkpoints: [{ id: '1-2' }, { id: '1-1' }] });
    expect((await run('list', '--configuration-folder', folder)).err).toContain('CHECKPOINT_TARGET_INVALID');
    expect((await run('list', '--from', 'ftp://x')).err).toContain('CONFIGURATION_VALUE_INVALID');
  });

  it('verifies every byte, and names what is wrong', async () => {
    expect((await run('verify', '--from', `file:${place}`)).out).toMatch(/^checkpoint 1-2 is as it was written\n/);
    const [piece = ''] = readdirSync(join(place, 'segments'));
    writeFileSync(join(place, 'segments', piece), 'damaged');
    const { code, out } = await run('verify', '--from', `file:${place}`, '--checkpoint', '1-1');
    expect(code).toBe(1);
    expect(out).toContain(piece);
    rmSync(join(place, 'segments', piece));
    expect(await runJson('verify', '--from', `file:${place}`)).toMatchObject({ problems: [{ where: `segments/${piece}` }] });
  });

  it('restores the newest checkpoint, or another one, into a folder without state', async () => {
    const restored = await run('restore', '--from', `file:${place}`, '--state-folder', target);
    expect({ code: restored.code, out: restored.out }).toEqual({ code: 0, out: expect.stringContaining(`${target} holds checkpoint 1-2`) });
    expect(await valueIn(target)).toBe('two');
    const again = await run('restore', '--from', `file:${place}`, '--state-folder', target);
    expect({ code: again.code, err: again.err }).toEqual({ code: 1, err: expect.stringContaining('CHECKPOINT_FOLDER_IN_USE') });
    removeFolder(target);
    expect((await run('restore', '--from', `file:${place}`, '--state-folder', target, '--checkpoint', '1-1')).code).toBe(0);
    expect(await valueIn(target)).toBe('one');
    // An engine goes on from there, and its checkpoints are the newest from then on.
    await live(target, ['three']);
    expect(await runJson('list', '--from', `file:${place}`)).toMatchObject({
      checkpoints: [{ id: '2-1', commit: 2 }, { id: '1-2' }, { id: '1-1' }],
    });
    removeFolder(target);
    expect((await run('restore', '--from', `file:${place}`, '--state-folder', target)).code).toBe(0);
    expect(await valueIn(target)).toBe('three');
  });

  it('says which checkpoint there is not', async () => {
    for (const id of ['9-9', 'newest', '']) {
      const { code, err } = await run('restore', '--from', `file:${place}`, '--state-folder', target, '--checkpoint', id);
      expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining('CHECKPOINT_ABSENT') });
    }
  });
});
