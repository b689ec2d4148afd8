import { cpSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { CheckpointService } from '../../src/checkpoints/checkpoint-service.ts';
import { realPacing } from '../../src/checkpoints/pacing.ts';
import { main } from '../../src/cli/main.ts';
import { settings } from '../../src/configuration/settings.ts';
import { silentLogger } from '../../src/shared/logger.ts';
import { verifyState } from '../../src/state-tools/verify-state.ts';
import { isMarkName } from '../../src/storage/segments/writer-mark.ts';
import { StateBed } from '../state-tools/state-bed.ts';
import { createTemporaryFolder, openInline, removeFolder } from '../storage/log-fixture.ts';

const page = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8');

describe('docs/operations.md', () => {
  let bed: StateBed;
  let copy: string;
  beforeEach(async () => {
    bed = await StateBed.create();
    copy = createTemporaryFolder();
  });
  afterEach(async () => {
    await bed.remove();
    removeFolder(copy);
  });

  const backUp = (leftOut: (name: string) => boolean): void =>
    cpSync(bed.folder, copy, { recursive: true, filter: (path) => path === bed.folder || !leftOut(path.slice(bed.folder.length + 1)) });

  it.each([
    ['lock and mark', (name: string) => name.startsWith('lock') || isMarkName(name)],
    ['the index, too', (name: string) => name.startsWith('lock') || isMarkName(name) || name === 'index.dump'],
    ['nothing', () => false],
  ])('says what to back up: a copy of a stopped folder without %s is the same state elsewhere', async (_name, leftOut) => {
    backUp(leftOut);
    const original = await verifyState({ folder: bed.folder });
    expect(await verifyState({ folder: copy })).toEqual(original);
    rmSync(bed.folder, { recursive: true });
    cpSync(copy, bed.folder, { recursive: true });
    await bed.start();
    expect(await bed.engine.state('test/shelf/one')).toMatchObject({ count: 2, label: 'a shelf' });
    expect(bed.engine.engine.deadLetters()).toHaveLength(2);
    expect(bed.engine.engine.pendingDelayed()).toHaveLength(3);
  });

  it.each(['store.json', 'manifest.json', 'segments'])('says what a backup must have: %s', async (name) => {
    backUp((path) => path.startsWith('lock') || path === name || path.startsWith(join(name, '')));
    const verified = await verifyState({ folder: copy }).then(
      ({ ok }) => ok,
      () => false,
    );
    expect(verified).toBe(false);
  });

  it('gives a stop more time than the engine takes for it by default, everywhere', () => {
    const [, deadline] = /After `stop\.deadline` \((\d+) s\)/.exec(page) ?? [];
    expect(settings.get('stop.deadline')).toMatchObject({ default: Number(deadline) * 1_000 });
    const given = [...page.matchAll(/(?:TimeoutStopSec=|--stop-timeout |terminationGracePeriodSeconds: )(\d+)/g)];
    expect(given).toHaveLength(3);
    for (const [, seconds] of given) expect(Number(seconds)).toBeGreaterThan(Number(deadline) + 1);
  });

  describe('says what statefun checkpoint prints', () => {
    let place: string;
    let folder: string;
    let state: string;
    beforeEach(async () => {
      [place, folder, state] = [createTemporaryFolder(), createTemporaryFolder(), join(createTemporaryFolder(), 'state')];
      const settings = { to: `file:${place}`, s3: {}, application: 'carts', folder, fresh: false, keep: 3, leaseMs: 30_000 };
      const world = { pacing: realPacing, logger: silentLogger, leaseChanged: () => undefined };
      const service = new CheckpointService({ ...settings, uploadBytesPerSecondMax: Infinity }, world);
      await service.begin();
      const store = await openInline(folder);
      for (const value of ['one', 'two']) {
        await store.commit([{ collection: 'c', key: 'k', value }]);
        const pinned = store.pin();
        await service.checkpoint({ identity: store.identity, commit: pinned.commit, segments: pinned.segments });
        pinned.release();
      }
      await store.close();
      await service.end({ free: true });
    });
    afterEach(() => [place, folder, state].forEach(removeFolder));

    /** Makes one text of a page and of a real output: numbers, times, sizes, places and plurals differ. */
    const shapeOf = (text: string): string =>
      text
        .replaceAll(/s3:\/\/\S+|file:\S+/g, 'PLACE')
        .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME')
        .replaceAll(/[\d.,]+ (?:B|KiB|MiB)/g, 'SIZE')
        .replaceAll(/\/[\w./-]+/g, 'FOLDER')
        .replaceAll(/\d[\d,]*/g, 'N')
        .replaceAll(/(segment|object)s?/g, '$1')
        .replaceAll(/ +/g, ' ');

    it('runs every command of the page, and prints what the page shows', async () => {
      const [, block = ''] = /```text\n(\$ statefun checkpoint list[^]*?)```/.exec(page) ?? [];
      const shown = block.split(/^\$ statefun /m).filter((part) => part !== '');
      expect(shown).toHaveLength(3);
      for (const part of shown) {
        const [command = '', ...output] = part.split('\n');
        const parameters = command
          .replace(/s3:\S+/, `file:${place}`)
          .replace('4-16', '1-1')
          .replace('/var/lib/carts', state)
          .split(' ');
        let printed = '';
        const code = await main(parameters, { out: (text) => void (printed += text), err: (text) => void (printed += text) });
        expect({ code, printed: shapeOf(printed) }).toEqual({ code: 0, printed: shapeOf(output.join('\n')) });
      }
    });
  });
});
