import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { unlinkSync } from 'node:fs';
import { appendFile, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileEgress, type FileEgressOptions } from '../../../src/connectors/file/file-egress.ts';
import { Envelope } from '../../../src/envelope/envelope.ts';
import { describeEgress, egressContext, egressRecord } from '../../contracts/egress-contract.ts';
import { temporaryFolder } from './temporary-folder.ts';

async function readLines(path: string): Promise<readonly string[]> {
  const text = await readFile(path, 'utf8');
  expect(text === '' || text.endsWith('\n')).toBe(true);
  return text.split('\n').slice(0, -1);
}

describeEgress('file', { skipsResent: true }, async () => {
  const { folder, remove } = await temporaryFolder();
  const path = join(folder, 'out.jsonl');
  return { open: () => fileEgress('test/out', { path }), read: () => readLines(path), close: remove };
});

describe('fileEgress', () => {
  let path: string;
  let remove: () => Promise<void>;

  beforeEach(async () => {
    const temporary = await temporaryFolder();
    remove = temporary.remove;
    path = join(temporary.folder, 'out.jsonl');
  });
  afterEach(() => remove());

  async function run(
    records: Parameters<ReturnType<typeof fileEgress>['send']>[0],
    options: Partial<FileEgressOptions> = {},
  ): Promise<void> {
    const egress = fileEgress('test/out', { path, ...options });
    await egress.start(egressContext());
    await egress.send(records);
    await egress.stop();
  }

  const lineOf = (id: string): string => `${String(egressRecord(id).data)}\n`;

  it.each([1, 20, 100_000])('cuts a line of which a crash left %i bytes', async (length) => {
    const torn = `{"id":"torn","text":"${'x'.repeat(length)}`.slice(0, length);
    await writeFile(path, lineOf('a') + torn);
    await run([egressRecord('torn', { resent: true })]);
    expect(await readFile(path, 'utf8')).toBe(lineOf('a') + lineOf('torn'));
  });

  it('cuts a torn line that is the only one', async () => {
    await writeFile(path, '{"id":');
    await run([egressRecord('a', { resent: true })]);
    expect(await readFile(path, 'utf8')).toBe(lineOf('a'));
  });

  it('writes data that came on several lines on one, so that it is found again', async () => {
    const data = '{"id":"a",\r\n "data": {\n  "n": 1524831183200260097\n}}';
    await run([{ ...egressRecord('a'), data }]);
    await run([{ ...egressRecord('a', { resent: true }), data }]);
    expect(await readFile(path, 'utf8')).toBe('{"id":"a", "data": {  "n": 1524831183200260097}}\n');
  });

  it('writes those of a resent batch that are missing, in their order', async () => {
    await run([egressRecord('a'), egressRecord('b')]);
    await run(['a', 'b', 'c', 'd'].map((id) => egressRecord(id, { resent: true })));
    expect(await readFile(path, 'utf8')).toBe(['a', 'b', 'c', 'd'].map(lineOf).join(''));
  });

  it('writes a record that is not resent even when its id is there', async () => {
    await run([egressRecord('a')]);
    await run([egressRecord('a')]);
    expect(await readFile(path, 'utf8')).toBe(lineOf('a') + lineOf('a'));
  });

  it('finds ids in the last 4 MiB and ignores lines of others', async () => {
    const filler = `{"id":"filler","text":"${'x'.repeat(1000)}"}\nnot JSON\n[1]\n`;
    await writeFile(path, lineOf('old') + filler.repeat(4_200) + lineOf('recent'));
    await run([egressRecord('old', { resent: true }), egressRecord('recent', { resent: true })]);
    const lines = await readLines(path);
    expect(lines.filter((line) => line.includes('"recent"'))).toHaveLength(1);
    expect(lines.filter((line) => line.includes('"old"'))).toHaveLength(2);
  });

  it('writes envelopes as Base64 and finds their ids again', async () => {
    const envelope = Envelope.ofPayload(String(egressRecord('a').data), { partitionKey: 'k' }).encode();
    const record = egressRecord('a', { data: envelope });
    await run([record], { format: 'envelope' });
    await run([{ ...record, resent: true }], { format: 'envelope' });
    expect(await readFile(path, 'utf8')).toBe(`${Buffer.from(envelope).toString('base64')}\n`);
  });

  it('looks at the end of the file again after a write that failed half-way', async () => {
    const egress = fileEgress('test/out', { path });
    await egress.start(egressContext());
    await appendFile(path, lineOf('a') + '{"id":"b"');
    const failing = {
      ...egressRecord('b'),
      get data(): string {
        throw new Error('no space left');
      },
    };
    await expect(egress.send([failing])).rejects.toMatchObject({ code: 'EGRESS_FILE_FAILED' });
    await egress.send([egressRecord('a', { resent: true }), egressRecord('b', { resent: true })]);
    expect(await readFile(path, 'utf8')).toBe(lineOf('a') + lineOf('b'));
    await egress.stop();
  });

  it('goes on in a new file when its own is renamed, and writes nothing twice', async () => {
    const egress = fileEgress('test/out', { path });
    await egress.start(egressContext());
    await egress.send([egressRecord('a'), egressRecord('b')]);
    await rename(path, `${path}.1`);
    await egress.send(['b', 'c'].map((id) => egressRecord(id, { resent: true })));
    await egress.send([egressRecord('d')]);
    await egress.stop();
    expect(await readFile(`${path}.1`, 'utf8')).toBe(lineOf('a') + lineOf('b'));
    expect(await readFile(path, 'utf8')).toBe(lineOf('c') + lineOf('d'));
  });

  it('acknowledges no line of a file that is removed while it is written', async () => {
    const egress = fileEgress('test/out', { path });
    await egress.start(egressContext());
    await egress.send([egressRecord('a')]);
    // Removed between the look at the path and the write.
    const removing = {
      ...egressRecord('b'),
      get data(): string {
        unlinkSync(path);
        return String(egressRecord('b').data);
      },
    };
    await expect(egress.send([removing])).rejects.toMatchObject({ code: 'EGRESS_FILE_FAILED' });
    await egress.send([egressRecord('b', { resent: true })]);
    expect(await readFile(path, 'utf8')).toBe(lineOf('b'));
    await rm(path);
    await egress.send([egressRecord('c')]);
    expect(await readFile(path, 'utf8')).toBe(lineOf('c'));
    await egress.stop();
  });

  it('refuses what is no regular file, which can never be acknowledged', async () => {
    await mkdir(`${path}.d`);
    const refused = [[`${path}.d`, 'a folder']];
    if (process.platform !== 'win32') {
      execFileSync('mkfifo', [`${path}.pipe`]);
      refused.push(['/dev/null', 'a device'], [`${path}.pipe`, 'a named pipe']);
    }
    for (const [special = '', kind] of refused) {
      await expect(fileEgress('test/out', { path: special }).start(egressContext())).rejects.toMatchObject({
        code: 'FILE_NOT_REGULAR',
        summary: `${special} is ${kind}, not a regular file.`,
        hint: expect.stringContaining('stdoutEgress'),
      });
    }
  });

  it('refuses to start where the folder is missing', async () => {
    const egress = fileEgress('test/out', { path: join(path, 'missing', 'out.jsonl') });
    await expect(egress.start(egressContext())).rejects.toMatchObject({ code: 'EGRESS_FILE_FAILED' });
  });
});
