import { describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { hasCode } from '../../src/shared/errors.ts';
import type { FixtureLine } from '../../src/testing/fixture-line.ts';
import { fixtureFile, readFixture } from '../../src/testing/fixture.ts';

const event = '{"specversion":"1.0","id":"1","source":"/s","type":"example.a","data":{"x":1}}';

/** The text in pieces of the given size, as a pipe may deliver it. */
async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += size) yield Promise.resolve(bytes.subarray(start, start + size));
}

async function read(text: string | Uint8Array, size = 7): Promise<readonly FixtureLine[]> {
  const lines: FixtureLine[] = [];
  const bytes = typeof text === 'string' ? Buffer.from(text) : text;
  for await (const line of readFixture({ name: 'f.jsonl', bytes: inPieces(bytes, size) })) lines.push(line);
  return lines;
}

async function thrownBy(reading: Promise<unknown>): Promise<unknown> {
  return reading.then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe('readFixture', () => {
  it.each([1, 2, 3, 7])('reads the first event behind a byte order mark, in pieces of %i bytes', async (size) => {
    const lines = await read(`\ufeff${event}\n${event}`, size);
    expect(lines.map((line) => (line.kind === 'event' ? line.text : line.kind))).toEqual([event, event]);
  });

  it('takes no mark for one that stands elsewhere', async () => {
    expect(await thrownBy(read(`${event}\n\ufeff${event}`))).toMatchObject({ code: 'FIXTURE_INVALID', facts: { place: 'f.jsonl:2' } });
  });

  it.each([1, 2, 5, 10_000])('finds every line, whatever the pieces (%i bytes), skips blank ones and counts them', async (size) => {
    const lines = await read(`\n${event}\r\n   \n{"type":"test.comment","data":"größer"}`, size);
    expect(lines.map(({ place, kind }) => ({ place, kind }))).toEqual([
      { place: 'f.jsonl:2', kind: 'event' },
      { place: 'f.jsonl:4', kind: 'comment' },
    ]);
    expect(lines[1]).toMatchObject({ text: 'größer' });
  });

  it('reads nothing from nothing', async () => {
    expect(await read('')).toEqual([]);
  });

  it('reads control lines that carry only type and data, with delays as milliseconds or text', async () => {
    const lines = await read(
      '{"type":"test.delay","data":500}\n{"type":"test.delay-between-events","data":"2s"}\n{"type":"test.comment","data":{"a":1}}',
    );
    expect(lines).toEqual([
      { place: 'f.jsonl:1', kind: 'delay', delayMs: 500 },
      { place: 'f.jsonl:2', kind: 'delay-between-events', delayMs: 2000 },
      { place: 'f.jsonl:3', kind: 'comment', text: '{"a":1}' },
    ]);
  });

  it.each([
    ['{"type":', 'f.jsonl:1: the line is not JSON'],
    ['[1]', 'f.jsonl:1: the line holds an array, not an object'],
    ['null', 'f.jsonl:1: the line holds null, not an object'],
    ['\n{"type":"example.a"}', 'f.jsonl:2: the line is not a CloudEvent: '],
    ['{"type":"test.expect-egres","data":{}}', 'f.jsonl:1: "test.expect-egres" is not a control line'],
    ['{"type":"test.delay"}', 'f.jsonl:1: the data of test.delay is undefined, not milliseconds'],
    ['{"type":"test.delay","data":-1}', 'f.jsonl:1: the data of test.delay: INVALID_DURATION: -1'],
    ['{"type":"test.expect-egress"}', 'f.jsonl:1: the data of test.expect-egress is undefined, not an object'],
    ['{"type":"test.expect-egress","data":{"dta":{}}}', 'f.jsonl:1: the data of test.expect-egress has an unknown field "dta"'],
    [
      '{"type":"test.expect-egress","data":{"count":1.5}}',
      'f.jsonl:1: the data of test.expect-egress has count = 1.5, not a whole number from 0',
    ],
    ['{"type":"test.expect-egress","data":{"rest":"some"}}', 'has a field rest that is not "any"'],
    ['{"type":"test.expect-egress","data":{"rest":"any","count":1}}', 'has other fields besides rest'],
    ['{"type":"test.expect-state","data":{"function":"a/b","state":{}}}', 'has only one of function and id'],
    ['{"type":"test.expect-state","data":{"function":"ab","id":"1","state":{}}}', 'has function = "ab", which is not namespace/name'],
    ['{"type":"test.expect-state","data":{"function":"a/b","id":"1"}}', 'has no object state'],
  ])('refuses %s', async (text, message) => {
    const error = await thrownBy(read(text));
    expect(hasCode(error, 'FIXTURE_INVALID')).toBe(true);
    expect((error as Error).message).toContain(message);
  });

  it('refuses what is not UTF-8, naming the line', async () => {
    const error = await thrownBy(read(Buffer.concat([Buffer.from('\n'), Buffer.from([0x22, 0xff, 0x22])])));
    expect(hasCode(error, 'FIXTURE_INVALID')).toBe(true);
    expect((error as Error).message).toContain('f.jsonl:2: the line is not UTF-8');
  });
});

describe('fixtureFile', () => {
  it('takes paths and URLs, and names files below the working directory as seen from there', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'statefun-fixture-'));
    try {
      const path = join(folder, 'a b.jsonl');
      writeFileSync(path, event);
      for (const file of [path, pathToFileURL(path), pathToFileURL(path).href]) {
        const lines: FixtureLine[] = [];
        for await (const line of readFixture(fixtureFile(file))) lines.push(line);
        expect(lines).toMatchObject([{ kind: 'event', place: `${path}:1`, text: event }]);
      }
      expect(fixtureFile('test/resources/a.jsonl').name).toBe('test/resources/a.jsonl');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('says which file cannot be read, when it is read', async () => {
    const fixture = fixtureFile('no/such/file.jsonl');
    // A stream opened too early would have ended the process by now.
    await new Promise(setImmediate);
    const error = await thrownBy(readFixture(fixture).next());
    expect(hasCode(error, 'FIXTURE_UNREADABLE')).toBe(true);
    expect((error as Error).message).toContain('no/such/file.jsonl');
  });
});
