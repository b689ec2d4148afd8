import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { main } from '../../src/cli/main.ts';
import { segmentPath, segmentsFolderOf } from '../../src/storage/format/segment-format.ts';
import { StateBed } from '../state-tools/state-bed.ts';
import { openInline } from '../storage/log-fixture.ts';

/** Cuts the file behind the last but one of its frames. */
function cutLastFrame(path: string): void {
  const bytes = readFileSync(path);
  writeFileSync(path, bytes.subarray(0, bytes.lastIndexOf(Buffer.from([0xff, 0x53, 0x46, 0xfe]))));
}

describe('statefun state, after an orderly stop', () => {
  let bed: StateBed;
  beforeEach(async () => void (bed = await StateBed.create()));
  afterEach(() => bed.remove());

  const run = async (...parameters: readonly string[]): Promise<{ code: number; out: string; err: string }> => {
    let [out, err] = ['', ''];
    const output = { out: (text: string) => void (out += text), err: (text: string) => void (err += text) };
    const code = await main(['state', ...parameters, '--state-folder', bed.folder], output);
    return { code, out, err };
  };
  const runJson = async (...parameters: readonly string[]): Promise<unknown> =>
    JSON.parse((await run(...parameters, '--json')).out) as unknown;
  const firstSegment = (): string => segmentPath(segmentsFolderOf(bed.folder), 1);

  it('verifies no segment that was cut behind a whole commit after an orderly stop, which is refused at the next start too', async () => {
    cutLastFrame(firstSegment());
    expect(await runJson('verify')).toMatchObject({
      ok: false,
      problems: [{ what: expect.stringContaining('when the store was closed') }],
    });
    const before = readFileSync(firstSegment());
    await expect(openInline(bed.folder)).rejects.toMatchObject({ code: 'STORE_CORRUPT', facts: { file: firstSegment() } });
    expect(readFileSync(firstSegment())).toEqual(before);
  });

  it('compacts what is stopped, and shows the same state afterwards', async () => {
    const before = await runJson('list', 'test/shelf');
    const { byteLength: bytesBefore } = readFileSync(firstSegment());
    const compacted = (await runJson('compact')) as Readonly<Record<string, number>>;
    expect(compacted).toMatchObject({ bytesBefore, segmentsBefore: 1 });
    expect(compacted['bytesAfter']).toBeLessThan(bytesBefore);
    expect(await runJson('list', 'test/shelf')).toEqual(before);
    // Nothing but the headers of two segments and of a frame.
    expect(await runJson('inspect')).toMatchObject({ garbageBytes: 36 + 36 + 28 });
    expect((await run('compact')).out).toMatch(/ had .* in \d segments?, and has .* in \d segments?\n$/);
  });

  it('compacts nothing while the application runs', async () => {
    await bed.start();
    expect(await run('compact')).toMatchObject({ code: 1, err: expect.stringContaining('STATE_FOLDER_LOCKED') });
  });

  it('compacts nothing, and creates nothing, where there is no state', async () => {
    const elsewhere = join(bed.folder, 'elsewhere');
    mkdirSync(elsewhere);
    let err = '';
    const output = { out: () => undefined, err: (text: string) => void (err += text) };
    expect(await main(['state', 'compact', '--state-folder', elsewhere], output)).toBe(1);
    expect(err).toContain('STATE_FOLDER_ABSENT');
    expect(readdirSync(elsewhere)).toEqual([]);
  });
});
