import { cpSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { settings } from '../../src/configuration/settings.ts';
import { verifyState } from '../../src/state-tools/verify-state.ts';
import { isMarkName } from '../../src/storage/segments/writer-mark.ts';
import { StateBed } from '../state-tools/state-bed.ts';
import { createTemporaryFolder, removeFolder } from '../storage/log-fixture.ts';

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
});
