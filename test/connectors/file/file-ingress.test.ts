import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { appendFile, truncate, writeFile } from 'node:fs/promises';
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
    const ingress = fileIngress({ path, name: 'events', ...options });
    await ingress.start(context);
    await until(() => context.finishedCount + context.failures.length > 0, context.clock);
    await ingress.stop();
    expect(context.failures).toEqual([]);
    return context;
  }

  it('names a record by the offset of its line, and its position by the offset behind it', async () => {
    const context = await readAll('{"a":1}\n\n{"b":"é"}\n');
    expect(context.records.map(({ partition, position, identity }) => ({ partition, position, identity }))).toEqual([
      { partition: 'file', position: '8', identity: 'events@0' },
      { partition: 'file', position: '20', identity: 'events@9' },
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
    expect(records.map(({ data, position }) => [Envelope.decode(data).payload, position])).toEqual([
      [envelope.payload, String(line.length + 4)],
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
    expect(context.records.map((record) => record.position)).toEqual(['8', '500011', '500019']);
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

  it('refuses to start without the file', async () => {
    await expect(fileIngress({ path }).start(new RecordingIngressContext())).rejects.toMatchObject({ code: 'INGRESS_FILE_MISSING' });
  });
});
