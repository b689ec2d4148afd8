import { afterEach, describe, expect, it } from '@jest/globals';
import { CloudEvent as SdkCloudEvent } from 'cloudevents';
import fc from 'fast-check';
import { flinkApplication } from '../../../src/application/flink/serve-application.ts';
import { runApplication } from '../../../src/application/running/run-application.ts';
import { main } from '../../../src/cli/main.ts';
import { kinesisEgress } from '../../../src/connectors/kinesis/kinesis-egress.ts';
import { memoryIngress } from '../../../src/connectors/memory/memory-ingress.ts';
import { decodeKinesisRecord } from '../../../src/request-reply/protocol/egress-records.ts';
import { addressIdBytesMax } from '../../../src/shared/address.ts';
import { silentLogger } from '../../../src/shared/logger.ts';
import { testApplication } from '../../../src/testing/test-application.ts';
import { testCluster } from '../../../src/testing/cluster/test-cluster.ts';
import { createTemporaryFolder, openInline, removeFolder } from '../../storage/log-fixture.ts';
import { expectedSeen, idsApplication } from './ids-application.ts';

const difficult = [
  ...[
    'Ada Lovelace',
    'José',
    '50%',
    '[1]',
    '+49 30 1234',
    '.',
    '..',
    '../..',
    '/',
    '//',
    'a/b',
    'a:b',
    'a?b#c',
    '%41',
    '%',
    ' ',
    '"',
    '\\',
  ],
  ...['\0', '\n', '\r\n', '\u001b[31mred', '\u009b2J', '\u202eevil', '\u2028', '\ufeff', '\u007f', '🛒', 'e\u0301', '\ufffd', '\uffff'],
  ...['__proto__', 'constructor', 'toString', 'null', '0', '-0', '1e3'],
];
/** Any text that UTF-8 can write, with more than its share of those that have a meaning somewhere. */
const anyId = fc.oneof(
  { weight: 1, arbitrary: fc.constantFrom(...difficult) },
  { weight: 3, arbitrary: fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', minLength: 1 }) },
);
const anyIds = fc.uniqueArray(anyId, { minLength: 1, maxLength: 30 });
/** The same ids on every machine, the difficult ones in each run first. */
const fixed = { seed: 20_261, numRuns: 8, examples: [[difficult] as [string[]]] };

const started = (id: string, subject: string): string =>
  JSON.stringify({ specversion: '1.0', id: `${subject} of ${id}`, source: '/t', type: 'started', subject, data: { id } });

/** Throws unless the official package takes the event as it is. */
const decodedSource = (event: object): string => decodeURIComponent(new SdkCloudEvent({ ...event }, true).source);

const folders: string[] = [];
afterEach(() => folders.splice(0).forEach(removeFolder));

/** What follows `--` is data, also where it begins with a dash. */
async function stateText(folder: string, [command, ...data]: readonly [string, ...string[]], ...flags: readonly string[]): Promise<string> {
  let out = '';
  const output = { out: (text: string) => void (out += text), err: () => undefined };
  const code = await main(['state', command, ...flags, '--state-folder', folder, '--', ...data], output);
  expect(code).toBe(0);
  expect(out).not.toMatch(/[^\P{Cc}\n]|\p{Zl}|\p{Zp}|\p{Bidi_Control}/u);
  return out;
}

async function state(folder: string, ...parameters: readonly [string, ...string[]]): Promise<unknown> {
  return JSON.parse(await stateText(folder, parameters, '--json')) as unknown;
}

describe('ids are data', () => {
  it('send, publish, subscribe, delay, egress and call remote functions, whatever they are', async () => {
    const application = await testApplication(idsApplication([memoryIngress()]));
    await fc.assert(
      fc.asyncProperty(anyIds, async (ids) => {
        await application.reset();
        for (const id of ids) {
          await application.receives(started(id, 'hub'));
          await application.advance('1s');
          await application.receives(started(id, 'source'));
          application.expectDeadLetters([]);
          expect(await application.state('ids/sink', id)).toEqual({ seen: expectedSeen(id) });
          expect(await application.state('ids/hub', id)).toEqual({ known: Object.fromEntries([[id, id]]) });
          expect(await application.subscribers('ids/source', id)).toEqual([]);
          const left = application.egress('ids/out').slice(-2);
          expect(left.map(({ key, event }) => [key, decodedSource(event)])).toEqual([
            [id, `/ids/hub/${id}`],
            [id, '/t'],
          ]);
        }
      }),
      fixed,
    );
    await application.stop();
  });

  it('are kept and shown by the state tools, and recovered', async () => {
    await fc.assert(
      fc.asyncProperty(anyIds, async (ids) => {
        const folder = createTemporaryFolder();
        folders.push(folder);
        for (const subject of ['hub', 'source']) {
          const ingress = memoryIngress({ id: subject });
          for (const id of ids) ingress.push({ data: started(id, subject) });
          ingress.end();
          const store = await openInline(folder);
          const running = await runApplication(idsApplication([ingress]), { store, logger: silentLogger, environment: {} });
          await running.whenFinished();
          expect(running.deadLetters()).toEqual([]);
          await running.stop();
          await store.close();
        }
        const listed = (await state(folder, 'list', 'ids/sink')) as { readonly addresses: readonly { readonly id: string }[] };
        expect(listed.addresses.map(({ id }) => id)).toEqual([...ids].sort());
        expect((await stateText(folder, ['list', 'ids/sink'])).split('\n')).toHaveLength(ids.length + 2);
        expect(await state(folder, 'verify')).toMatchObject({ ok: true });
        expect(await state(folder, 'inspect')).toMatchObject({ deadLetters: { count: 0 }, delayedMessages: { count: 0 } });
        for (const id of ids) {
          expect((await stateText(folder, ['get', 'ids/sink', id])).split('\n')).toHaveLength(1 + 2 + expectedSeen(id).length + 1);
          const { cells } = (await state(folder, 'get', 'ids/sink', id)) as { readonly cells: readonly { readonly items: unknown[] }[] };
          expect(cells.map(({ items }) => [...items].sort())).toEqual([[...expectedSeen(id)].sort()]);
        }
      }),
      { ...fixed, numRuns: 3 },
    );
  });

  it('travel through a Flink cluster', async () => {
    const application = idsApplication([], kinesisEgress('ids/out', { stream: 'out' }));
    const served = await flinkApplication(application, { logger: silentLogger, configuration: {} });
    await fc.assert(
      fc.asyncProperty(anyIds, async (ids) => {
        const cluster = testCluster(served.handler);
        for (const id of ids) {
          const argument = { typename: 'io.cloudevents/CloudEvent', hasValue: true, value: Buffer.from(started(id, 'hub')) };
          await cluster.send('ids/router', id, argument);
          await cluster.advance('1s');
          const { value = Buffer.alloc(0) } = cluster.state('ids/sink', id)['seen'] ?? {};
          for (const seen of [`noted /ids/hub/${id}`, `delayed /ids/hub/${id}`])
            expect(Buffer.from(value).includes(JSON.stringify(seen))).toBe(true);
          const records = cluster.egress().slice(-2);
          expect(
            records.map(({ argument }) =>
              decodedSource(JSON.parse(Buffer.from(decodeKinesisRecord(argument.value).value).toString()) as object),
            ),
          ).toEqual([`/ids/hub/${id}`, '/t']);
        }
      }),
      fixed,
    );
    await served.close();
  });

  it('are refused with a code where UTF-8 cannot write them, or a key cannot hold them', async () => {
    const application = await testApplication(idsApplication([memoryIngress()]));
    for (const id of ['', '\ud800', 'a\udfffb', 'x'.repeat(addressIdBytesMax + 1)]) await application.receives(started(id, 'hub'));
    application.expectDeadLetters(Array.from({ length: 4 }, () => ({ code: 'INVALID_ADDRESS_ID' })));
    await application.stop();
  });
});
