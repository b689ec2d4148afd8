import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { main } from '../../src/cli/main.ts';
import { askLockHolder } from '../../src/storage/folder/folder-lock.ts';
import { segmentPath, segmentsFolderOf } from '../../src/storage/format/segment-format.ts';
import { openInline } from '../storage/log-fixture.ts';
import { StateBed } from '../state-tools/state-bed.ts';

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

describe('statefun state', () => {
  let bed: StateBed;
  beforeEach(async () => void (bed = await StateBed.create()));
  afterEach(() => bed.remove());

  const run = async (...parameters: readonly string[]): Promise<Ran> => {
    let [out, err] = ['', ''];
    const output = { out: (text: string) => void (out += text), err: (text: string) => void (err += text) };
    const code = await main(['state', ...parameters, '--state-folder', bed.folder], output);
    return { code, out, err };
  };
  const runJson = async (...parameters: readonly string[]): Promise<unknown> =>
    JSON.parse((await run(...parameters, '--json')).out) as unknown;
  const firstSegment = (): string => segmentPath(segmentsFolderOf(bed.folder), 1);

  it('inspects what the folder holds', async () => {
    const state = await runJson('inspect');
    expect(state).toMatchObject({
      inUse: false,
      unfinishedBytes: 0,
      addresses: [{ type: 'test/shelf', addresses: 2, keys: 14 }],
      pendingMessages: { count: 0, byType: {} },
      delayedMessages: { count: 3, byType: { 'test/shelf': 3 } },
      outbox: { count: 0 },
      deadLetters: { count: 2, byCode: { RangeError: 2 }, redriveRequested: 0 },
      positions: [{ ingress: 'memory' }],
      segments: [{ number: 1, kind: 'log' }],
    });
    const { keys, bytes, liveBytes, garbageBytes } = state as Readonly<Record<string, number>>;
    // Two shelves, delayed messages, dead letters, one position, one outbox batch and its watermark.
    expect(keys).toBe(14 + 3 + 2 + 1 + 2);
    expect(bytes).toBe(readFileSync(firstSegment()).byteLength);
    expect((liveBytes ?? 0) + (garbageBytes ?? 0)).toBe(bytes);

    const { out, code } = await run('inspect');
    expect(code).toBe(0);
    expect(out).toMatch(/^ {2}test\/shelf {2}2 {2}14 keys/m);
    expect(out).toMatch(/^ {2}dead letters {2}2 \(RangeError 2\)/m);
  });

  it('gets the cells of an address: tables in their order, JSON as JSON, and what is none as text or Base64', async () => {
    const address = await runJson('get', 'test/shelf', 'one');
    expect(address).toMatchObject({
      type: 'test/shelf',
      id: 'one',
      keys: 8,
      cells: [
        { name: 'count', kind: 'value', value: 2 },
        {
          name: 'items',
          kind: 'table',
          entries: [
            { key: 'b', value: { n: 1 } },
            { key: 'a', value: { n: 2 } },
          ],
        },
        { name: 'label', kind: 'value', value: { $text: 'a shelf' } },
        { name: 'large', kind: 'value', value: { $text: '9007199254740993' } },
        { name: 'notes', kind: 'list', items: ['put b', 'put a'] },
        { name: 'seal', kind: 'value', value: { $base64: '/wAB' } },
      ],
    });
    expect((await run('get', 'test/shelf', 'two')).out).toContain('  items (table, 1 entry)\n    "10": {"n":1}');
  });

  it('says that nothing is stored of an address, and fails', async () => {
    const { code, err } = await run('get', 'test/shelf', 'three');
    expect(code).toBe(1);
    expect(err).toContain('nothing is stored of test/shelf/three');
    expect((await run('get', 'shelf', 'three')).err).toContain('INVALID_FUNCTION_TYPE');
  });

  it('lists the addresses of a type, up to a limit', async () => {
    expect(await runJson('list', 'test/shelf')).toMatchObject({
      count: 2,
      addresses: [
        { id: 'one', keys: 8 },
        { id: 'two', keys: 6 },
      ],
    });
    const { out, err } = await run('list', 'test/shelf', '--limit', '1');
    expect(out).toMatch(/^2 addresses of test\/shelf\n {2}one /);
    expect(err).toContain('and 1 more');
    expect(await runJson('list', 'test/other')).toMatchObject({ count: 0, addresses: [] });
    expect((await run('list', 'test/shelf', '--limit', '0')).code).toBe(2);
  });

  it('names the nearest type that has state when a type is mistyped, and all of them when none is near', async () => {
    const got = await run('get', 'test/shlef', 'one');
    expect([got.code, got.out]).toEqual([1, '']);
    expect(got.err).toMatch(/^nothing is stored of test\/shlef\/one .*\ndid you mean test\/shelf\?\n$/);
    expect((await run('get', 'test/shelf', 'three')).err).not.toContain('did you mean');
    const listed = await run('list', 'tets/Shelf');
    expect(listed).toEqual({ code: 0, out: '0 addresses of tets/Shelf\n', err: 'did you mean test/shelf?\n' });
    expect(JSON.parse((await run('list', 'test/shlef', '--json')).out)).toMatchObject({ count: 0 });
    expect((await run('list', 'warehouse/pallet')).err).toBe('types with state:\n  test/shelf\n');
    expect((await run('list', 'test/shelf')).err).toBe('');
  });

  it('lists and shows dead letters with their events', async () => {
    expect(await runJson('dead-letters', 'list')).toMatchObject({
      count: 2,
      deadLetters: [
        { id: '1', kind: 'message', code: 'RangeError', reason: 'the shelf is full', attempts: 1, where: 'test/shelf/one' },
        { id: '2', where: 'test/shelf/two' },
      ],
    });
    expect(await runJson('dead-letters', 'show', '2')).toMatchObject({
      target: 'test/shelf/two',
      payload: { type: 'fail', data: { target: 'test/shelf/two' } },
    });
    expect((await run('dead-letters', 'list')).out).toContain('RangeError: the shelf is full');
    expect(await run('dead-letters', 'show', '3')).toMatchObject({ code: 1, err: expect.stringContaining('DEAD_LETTER_UNKNOWN') });
  });

  it('shows the class of an error and where it was thrown', async () => {
    const { stack } = (await runJson('dead-letters', 'show', '1')) as { stack: string };
    expect(stack).toMatch(/^RangeError: the shelf is full\n {4}at Shelf\.onFail .*state-bed/);
    expect((await run('dead-letters', 'show', '1')).out).toContain(`\n\nRangeError: the shelf is full\n    at Shelf.onFail`);
    expect(await runJson('dead-letters', 'list')).toMatchObject({ deadLetters: [{ errorClass: 'RangeError' }, {}] });
  });

  // Written before dead letters had a class and a stack.
  const olderLetter =
    '0AAAAHsiaWQiOiI0MSIsImtpbmQiOiJtZXNzYWdlIiwiY29kZSI6IlJhbmdlRXJyb3IiLCJyZWFzb24iOiJ0aGUgc2hlbGYgaXMgZnVsbCIsImF0IjoxNzkwMDAwMDAwMDAwLCJhdHRlbXB0cyI6MywidGFyZ2V0IjoidGVzdC9zaGVsZi9vbGQiLCJjYWxsZXIiOiJ0ZXN0L3NoZWxmL29uZSIsIm1lc3NhZ2VJZCI6IjAwMTEyMjMzNDQ1NTY2Nzc4ODk5YWFiYmNjZGRlZWZmIn0KkAF7InNwZWN2ZXJzaW9uIjoiMS4wIiwiaWQiOiJlMSIsInNvdXJjZSI6Ii90ZXN0IiwidHlwZSI6InB1dCIsImRhdGFjb250ZW50dHlwZSI6ImFwcGxpY2F0aW9uL2pzb24iLCJkYXRhIjp7InRhcmdldCI6InRlc3Qvc2hlbGYvb2xkIiwibmFtZSI6ImIifX0aIDAwMTEyMjMzNDQ1NTY2Nzc4ODk5YWFiYmNjZGRlZWZm';

  it('opens, shows and redrives dead letters of before they had a class and a stack', async () => {
    const store = await openInline(bed.folder);
    await store.commit([{ collection: 'dead-letters', key: '41', value: Buffer.from(olderLetter, 'base64') }]);
    await store.close();
    expect(await runJson('verify')).toMatchObject({ ok: true });
    const shown = await runJson('dead-letters', 'show', '41');
    expect(shown).toMatchObject({ code: 'RangeError', reason: 'the shelf is full', attempts: 3, type: 'test/shelf', eventType: 'put' });
    expect(shown).not.toHaveProperty('stack');
    expect(await runJson('dead-letters', 'list', '--event-type', 'put')).toMatchObject({ deadLetters: [{ id: '41' }] });
    expect(await runJson('dead-letters', 'redrive', '--event-type', 'put')).toMatchObject({ ids: ['41'] });
    await bed.start();
    expect(await runJson('get', 'test/shelf', 'old')).toMatchObject({ cells: [{ name: 'count', value: 1 }, {}, {}, {}, {}, {}] });
  });

  it.each([
    [
      ['--code', 'RangeError'],
      ['1', '2'],
    ],
    [['--code', 'TypeError'], []],
    [
      ['--type', 'test/shelf'],
      ['1', '2'],
    ],
    [['--type', 'test/shelves'], []],
    [
      ['--event-type', 'fail'],
      ['1', '2'],
    ],
    [
      ['--since', '2026-01-01', '--until', '2026-01-02T00:00:00Z'],
      ['1', '2'],
    ],
    [['--until', '2026-01-01'], []],
    [['--since', '1d'], []],
    [
      ['--until', '1d', '--code', 'RangeError'],
      ['1', '2'],
    ],
    [['--until', '1d', '--code', 'NO_FORWARDER'], []],
  ])('chooses dead letters by code, type and time: %j', async (options, ids) => {
    expect(await runJson('dead-letters', 'list', ...options)).toMatchObject({ count: ids.length, deadLetters: ids.map((id) => ({ id })) });
    expect(await runJson('dead-letters', 'redrive', ...options)).toMatchObject({ ids });
  });

  it('refuses times that are none, and to choose in two ways', async () => {
    expect(await run('dead-letters', 'list', '--since', '5')).toMatchObject({ code: 1, err: expect.stringContaining('INVALID_TIME') });
    expect(await run('dead-letters', 'drop', '1', '--code', 'RangeError')).toMatchObject({ code: 2 });
    expect(await run('dead-letters', 'drop', '--all', '--code', 'RangeError')).toMatchObject({ code: 2 });
    expect(await runJson('dead-letters', 'list')).toMatchObject({ count: 2 });
  });

  it('redrives at the next start', async () => {
    expect(await runJson('dead-letters', 'redrive', '2')).toMatchObject({ when: 'next-start', ids: ['2'] });
    expect(await runJson('dead-letters', 'list')).toMatchObject({ deadLetters: [{ redriveRequested: false }, { redriveRequested: true }] });
    await bed.start();
    // It fails again, as a new dead letter.
    expect(bed.engine.engine.deadLetters().map(({ id, target }) => [id, target])).toEqual([
      ['1', 'test/shelf/one'],
      ['3', 'test/shelf/two'],
    ]);
    await bed.stop();
    expect(await runJson('dead-letters', 'list')).toMatchObject({
      deadLetters: [{ redriveRequested: false }, { redriveRequested: false }],
    });
  });

  it('drops some, or all, and nothing when one of the ids is none', async () => {
    expect(await run('dead-letters', 'drop', '1', '9')).toMatchObject({ code: 1, err: expect.stringContaining('no dead letter 9') });
    expect(await runJson('dead-letters', 'list')).toMatchObject({ count: 2 });
    expect(await run('dead-letters', 'drop', '1')).toMatchObject({ code: 0, out: '1 dead letter dropped: 1\n' });
    expect(await run('dead-letters', 'drop', '--all')).toMatchObject({ code: 0, out: '1 dead letter dropped: 2\n' });
    expect(await run('dead-letters', 'drop', '--all')).toMatchObject({ code: 0, out: '0 dead letters dropped\n' });
    await bed.start();
    expect(bed.engine.engine.deadLetters()).toEqual([]);
  });

  it.each([[[]], [['--all', '1']]])('needs ids or --all to change something, not %j', async (parameters) => {
    expect(await run('dead-letters', 'drop', ...parameters)).toMatchObject({ code: 2 });
  });

  it('reads while the application runs, and refuses to change anything when the engine answers no requests', async () => {
    await bed.start();
    // What was delayed arrives.
    await bed.engine.advance(3_700_000);
    expect(await runJson('inspect')).toMatchObject({ inUse: true, pid: process.pid, addresses: [{ addresses: 3 }] });
    expect(await runJson('get', 'test/shelf', 'late')).toMatchObject({ cells: [{ name: 'count', value: 3 }, {}, {}, {}, {}, {}] });
    expect(await runJson('verify')).toMatchObject({ ok: true });
    expect(await run('dead-letters', 'drop', '1')).toMatchObject({ code: 1, err: expect.stringContaining('STATE_FOLDER_LOCKED') });
    expect(bed.engine.engine.deadLetters()).toHaveLength(2);
  });

  it('asks a running application to redrive and drop at once', async () => {
    await bed.start();
    bed.answerRequests();
    expect(await run('dead-letters', 'drop', '2', '9')).toMatchObject({ code: 1, err: expect.stringContaining('no dead letter 9') });
    expect(await runJson('dead-letters', 'drop', '2')).toMatchObject({ when: 'now', ids: ['2'] });
    expect(await runJson('dead-letters', 'list')).toMatchObject({ deadLetters: [{ id: '1' }] });
    expect(await run('dead-letters', 'redrive', '1')).toMatchObject({ code: 0, out: '1 dead letter redriven: 1\n' });
    await bed.engine.engine.whenQuiet();
    expect(bed.engine.engine.deadLetters().map(({ id, target }) => [id, target])).toEqual([['3', 'test/shelf/one']]);
  });

  it('is told what a running application cannot do, and others are answered after it', async () => {
    await bed.start();
    bed.answerRequests();
    await expect(askLockHolder(bed.folder, { change: 'paint' })).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
    await expect(askLockHolder(bed.folder, [])).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
    expect(await run('dead-letters', 'drop', '--all')).toMatchObject({ code: 0 });
    expect(await runJson('inspect')).toMatchObject({ inUse: true, pid: process.pid, deadLetters: { count: 0 } });
  });

  it('verifies what is as it was written, a commit that a crash interrupted included', async () => {
    appendFileSync(firstSegment(), Buffer.from([0xff, 0x53, 0x46, 0xfe, 1]));
    expect(await runJson('verify')).toMatchObject({ ok: true, problems: [], unfinishedBytes: 5, keys: 22 });
    expect((await run('verify')).out).toContain('5 B of a commit that is being written');
  });

  it('verifies nothing that was changed behind its back: every byte of a segment counts', async () => {
    const bytes = readFileSync(firstSegment());
    for (let offset = 0; offset < bytes.length; offset += 97) {
      const changed = Buffer.from(bytes);
      changed[offset] = (changed[offset] ?? 0) ^ 0x40;
      writeFileSync(firstSegment(), changed);
      const { code, out } = await run('verify', '--json');
      const { unfinishedBytes } = JSON.parse(out) as { unfinishedBytes: number };
      // The last frame could be one that a crash interrupted; anything before it could not.
      expect([offset, code === 1 || unfinishedBytes > 0]).toEqual([offset, true]);
    }
  });

  it('says that there is no state, or that it does not know which is meant', async () => {
    const elsewhere = join(bed.folder, 'elsewhere');
    mkdirSync(elsewhere);
    let err = '';
    const output = { out: () => undefined, err: (text: string) => void (err += text) };
    for (const command of [['inspect'], ['verify'], ['dead-letters', 'drop', '--all']])
      expect(await main(['state', ...command, '--state-folder', elsewhere], output)).toBe(1);
    expect(err.match(/STATE_FOLDER_ABSENT/g)).toHaveLength(3);
  });
});
