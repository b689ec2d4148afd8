import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { appendFile, mkdir, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileIngress, type FileIngressOptions } from '../../../src/connectors/file/file-ingress.ts';
import { Envelope } from '../../../src/envelope/envelope.ts';
import { describeEndlessIngress, describeFiniteIngress, describeIngress, type IngressSource } from '../../contracts/ingress-contract.ts';
import { RecordingIngressContext } from '../../contracts/recording-ingress-context.ts';
import { settled, turns, until } from '../../contracts/turns.ts';
import { temporaryFolder } from './temporary-folder.ts';

const sourceOf = (follow: boolean) => async (): Promise<IngressSource> => {
  const { folder, remove } = await temporaryFolder();
  const path = join(folder, 'events.jsonl');
  await writeFile(path, '');
  return {
    write: (texts) => appendFile(path, texts.map((text) => `${text}\n`).join('')),
    open: () => fileIngress({ path, follow }),
    close: remove,
  };
};

describeIngress('file', sourceOf(false));
describeIngress('followed file', sourceOf(true));
describeEndlessIngress('followed file', sourceOf(true));
describeFiniteIngress('file', sourceOf(false));

describe('fileIngress', () => {
  let path: string;
  let remove: () => Promise<void>;

  beforeEach(async () => {
    const temporary = await temporaryFolder();
    remove = temporary.remove;
    path = join(temporary.folder, 'events.jsonl');
  });
  afterEach(() => remove());

  /** Reads to the end of the file. */
  async function readAll(content: string | Buffer, options: Partial<FileIngressOptions> = {}): Promise<RecordingIngressContext> {
    await writeFile(path, content);
    const context = new RecordingIngressContext();
    const ingress = fileIngress({ path, id: 'events', ...options });
    await ingress.start(context);
    await until(() => context.finishedCount + context.failures.length > 0, context.clock);
    await ingress.stop();
    expect(context.failures).toEqual([]);
    return context;
  }

  it('names a record by the offset of its line, and its position by the offset behind it and what stands before', async () => {
    const context = await readAll('{"a":1}\n\n{"b":"é"}\n');
    // Made with crc32 of Python's zlib.
    expect(context.records.map(({ partition, position, identity }) => ({ partition, position, identity }))).toEqual([
      { partition: 'file', position: '8#74e8a346', identity: 'events@0' },
      { partition: 'file', position: '20#691813d6', identity: 'events@9' },
    ]);
  });

  it('skips blank lines and takes CRLF for a line end', async () => {
    const context = await readAll('\r\n{"a":1}\r\n   \n\t\n{"b":2}\r\n\n');
    expect(context.texts).toEqual(['{"a":1}', '{"b":2}']);
  });

  it.each(['\ufeff{"a":1}\n{"b":2}\n', '\ufeff\r\n{"a":1}\n{"b":2}', '\ufeff\n\n{"a":1}\n{"b":2}\n'])(
    'reads a file that begins with a byte order mark (%#)',
    async (content) => expect((await readAll(content)).texts).toEqual(['{"a":1}', '{"b":2}']),
  );

  it('reads envelopes of a file that begins with a byte order mark', async () => {
    const envelope = Envelope.ofPayload('{"specversion":"1.0","id":"1","source":"/s","type":"t"}');
    const line = Buffer.from(envelope.encode()).toString('base64');
    const { records } = await readAll(`\ufeff${line}\n`, { format: 'envelope' });
    expect(records.map(({ data, position }) => [Envelope.decode(data).payload, parseInt(position)])).toEqual([
      [envelope.payload, line.length + 4],
    ]);
  });

  it('takes a last line without an end as a record', async () => {
    expect((await readAll('{"a":1}\n{"b":2}')).texts).toEqual(['{"a":1}', '{"b":2}']);
  });

  it('reads nothing from an empty file', async () => {
    expect((await readAll('')).texts).toEqual([]);
  });

  it('puts lines together that are longer than what is read at once, wherever the reads end', async () => {
    const lines = [700_000, 3, 262_143, 262_144, 1].map((length, index) => String(index).repeat(length));
    expect((await readAll(lines.join('\n'))).texts).toEqual(lines);
  });

  it('delivers the beginning of a line that is too long, and the lines after it whole', async () => {
    const context = await readAll(`{"a":1}\n"${'x'.repeat(500_000)}"\n{"b":2}\n`, { lineBytesMax: 300_000 });
    expect(context.texts.map((text) => text.length)).toEqual([7, 65_536, 7]);
    expect(context.records.map((record) => parseInt(record.position))).toEqual([8, 500_011, 500_019]);
  });

  it('reads envelopes as Base64', async () => {
    const payload = '{"specversion":"1.0","id":"1","source":"s","type":"t","data":{}}';
    const envelope = Buffer.from(Envelope.ofPayload(payload, { partitionKey: 'k' }).encode());
    const context = await readAll(`${envelope.toString('base64')}\n`, { format: 'envelope' });
    expect(Envelope.decode(context.records[0]?.data ?? new Uint8Array()).partitionKey).toBe('k');
  });

  it('waits for the end of the last line when it follows', async () => {
    await writeFile(path, '{"a":');
    const context = new RecordingIngressContext();
    const ingress = fileIngress({ path, follow: true });
    await ingress.start(context);
    await turns(500, context.clock);
    expect(context.texts).toEqual([]);
    await appendFile(path, '1}\n');
    await until(() => context.records.length === 1, context.clock);
    expect(context.texts).toEqual(['{"a":1}']);
    await ingress.stop();
  });

  it('refuses to start on a file that is shorter than its committed position', async () => {
    await writeFile(path, '{"a":1}\n');
    const start = fileIngress({ path }).start(new RecordingIngressContext(new Map([['file', '9']])));
    await expect(start).rejects.toMatchObject({ code: 'INGRESS_POSITION_LOST', facts: { path, sizeBytes: 8, offset: 9 } });
  });

  it('fails when a followed file becomes shorter', async () => {
    await writeFile(path, '{"a":1}\n{"b":2}\n');
    const context = new RecordingIngressContext();
    const ingress = fileIngress({ path, follow: true });
    await ingress.start(context);
    await until(() => context.records.length === 2, context.clock);
    await truncate(path, 8);
    await until(() => context.failures.length > 0, context.clock);
    expect(context.failures[0]).toMatchObject({ code: 'INGRESS_POSITION_LOST' });
    await settled(ingress.stop(), context.clock);
  });

  /** An ingress that follows the file and has read what is in it. */
  async function follow(content: string, lines: number) {
    await writeFile(path, content);
    const context = new RecordingIngressContext();
    const ingress = fileIngress({ path, id: 'events', follow: true });
    await ingress.start(context);
    await until(() => context.records.length === lines, context.clock);
    return { context, ingress };
  }

  it.each([
    ['renamed and created again', () => rename(path, `${path}.1`).then(() => writeFile(path, ''))],
    ['renamed and created again with more lines', () => rename(path, `${path}.1`).then(() => writeFile(path, '{"c":3}\n'.repeat(500)))],
    ['removed and created again', () => rm(path).then(() => writeFile(path, '{"c":3}\n{"d":4}\n{"e":5}\n'))],
    ['shortened and written again beyond what was read', () => writeFile(path, '{"c":3}\n{"d":4}\n{"e":5}\n')],
  ])('skips no line of a followed file that is %s: it fails', async (_what, rotate) => {
    const { context, ingress } = await follow('{"a":1}\n{"b":2}\n', 2);
    await rotate();
    await until(() => context.failures.length > 0, context.clock);
    expect(context.failures).toEqual([expect.objectContaining({ code: 'INGRESS_POSITION_LOST' })]);
    expect(context.texts).toEqual(['{"a":1}', '{"b":2}']);
    await settled(ingress.stop(), context.clock);
    // What is not read now is not skipped by the next start either.
    const again = fileIngress({ path, id: 'events', follow: true }).start(new RecordingIngressContext(context.committedAfter(2)));
    await expect(again).rejects.toMatchObject({ code: 'INGRESS_POSITION_LOST' });
  });

  it('reads on in a file that was written anew with the same lines and more', async () => {
    const { context, ingress } = await follow('{"a":1}\n{"b":', 1);
    await writeFile(`${path}.new`, '{"a":1}\n{"b":2}\n{"c":3}\n');
    await rename(`${path}.new`, path);
    await until(() => context.records.length + context.failures.length === 3, context.clock);
    expect(context.texts).toEqual(['{"a":1}', '{"b":2}', '{"c":3}']);
    await settled(ingress.stop(), context.clock);
  });

  it('reads what is still written to a followed file that was renamed, while there is no other one', async () => {
    const { context, ingress } = await follow('{"a":1}\n', 1);
    await rename(path, `${path}.1`);
    await turns(200, context.clock);
    await appendFile(`${path}.1`, '{"b":2}\n');
    await until(() => context.records.length + context.failures.length === 2, context.clock);
    expect(context.texts).toEqual(['{"a":1}', '{"b":2}']);
    await settled(ingress.stop(), context.clock);
  });

  it('goes on from a position of an earlier version, which is an offset alone', async () => {
    await writeFile(path, '{"a":1}\n{"b":2}\n');
    const context = new RecordingIngressContext(new Map([['file', '8']]));
    const ingress = fileIngress({ path });
    await ingress.start(context);
    await until(() => context.finishedCount > 0, context.clock);
    expect(context.texts).toEqual(['{"b":2}']);
    await ingress.stop();
  });

  it('refuses a position that is none of a file', async () => {
    await writeFile(path, '{"a":1}\n');
    const start = fileIngress({ path }).start(new RecordingIngressContext(new Map([['file', 'SEQ:7']])));
    await expect(start).rejects.toMatchObject({ code: 'INGRESS_POSITION_LOST' });
  });

  it('refuses what is no regular file, without waiting for the other end of a pipe', async () => {
    await mkdir(`${path}.d`);
    const refused = [[`${path}.d`, 'a folder']];
    if (process.platform !== 'win32') {
      execFileSync('mkfifo', [`${path}.pipe`]);
      refused.push(['/dev/null', 'a device'], [`${path}.pipe`, 'a named pipe']);
    }
    for (const [special = '', kind] of refused) {
      const start = fileIngress({ path: special }).start(new RecordingIngressContext());
      await expect(start).rejects.toMatchObject({
        code: 'FILE_NOT_REGULAR',
        summary: `${special} is ${kind}, not a regular file.`,
        hint: expect.stringContaining('follow it'),
      });
    }
  });

  it('refuses to start without the file', async () => {
    await expect(fileIngress({ path }).start(new RecordingIngressContext())).rejects.toMatchObject({ code: 'INGRESS_FILE_MISSING' });
  });
});
