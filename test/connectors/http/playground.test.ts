import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { PlaygroundEgress } from '../../../src/connectors/http/playground-egress.ts';
import { PlaygroundIngress } from '../../../src/connectors/http/playground-ingress.ts';
import type { EgressRecord } from '../../../src/egress/egress.ts';
import { Envelope } from '../../../src/envelope/envelope.ts';
import type { IngressContext, IngressRecord } from '../../../src/ingress/ingress.ts';
import { silentLogger } from '../../../src/shared/logger.ts';
import { ManualClock } from '../../../src/shared/time/manual-clock.ts';
import { withholdBody } from '../../shared/http/withhold-body.ts';

interface Answer {
  readonly status: number | undefined;
  readonly header: string | undefined;
  readonly body: string;
  readonly allow?: string;
}

function ask(
  port: number | undefined,
  path: string,
  options: { method?: string; type?: string; host?: string; body?: Buffer | string; headers?: Record<string, string> } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = { ...options.headers, ...(options.type === undefined ? {} : { 'content-type': options.type }) };
    const asked = request(
      { host: options.host ?? '127.0.0.1', port, path, method: options.method ?? 'PUT', headers, agent: false },
      (response) => {
        let body = '';
        response.on('data', (chunk: Buffer) => (body += chunk.toString()));
        response.on('end', () => {
          const { allow } = response.headers;
          const header = response.headers['status'] as string | undefined;
          resolve({ status: response.statusCode, header, body, ...(allow === undefined ? {} : { allow }) });
        });
      },
    );
    asked.on('error', reject);
    asked.end(options.body);
  });
}

describe('the playground ingress', () => {
  let ingress: PlaygroundIngress;
  let delivered: IngressRecord[];
  let saved: string[];
  afterEach(() => ingress.stop());

  const start = async (position?: string, changes: Partial<IngressContext> = {}) => {
    [delivered, saved] = [[], []];
    ingress = new PlaygroundIngress(0);
    await ingress.start({
      positions: new Map(position === undefined ? [] : [['requests', position]]),
      deliver: (records) => (delivered.push(...records), Promise.resolve()),
      savePosition: (_partition, saving) => (saved.push(saving), Promise.resolve()),
      finished: () => undefined,
      failed: () => undefined,
      signal: new AbortController().signal,
      clock: new ManualClock(),
      logger: silentLogger,
      ...changes,
    });
  };
  const messages = () =>
    delivered.flatMap((record) => ingress.route(record)).map(({ target, envelope }) => ({ target, ...envelope.typedValue }));

  it('takes the address from the path, the type from the content type, and the body as it is', async () => {
    await start();
    expect(await ask(ingress.port, '/demo.fns/greeter/Bob%20B', { type: 'application/vnd.demo/Login', body: '{"a":1}' })).toEqual({
      status: 200,
      header: '200',
      body: '',
    });
    await ask(ingress.port, '/demo.fns/greeter/Ann?x=1', { type: 'text/plain', body: Buffer.from([0xff]) });
    await ask(ingress.port, '/demo.fns/greeter/Ann');
    expect(messages()).toEqual([
      { target: { type: 'demo.fns/greeter', id: 'Bob B' }, typename: 'demo/Login', hasValue: true, value: Buffer.from('{"a":1}') },
      { target: { type: 'demo.fns/greeter', id: 'Ann' }, typename: 'io.statefun.types/string', hasValue: true, value: Buffer.from([0xff]) },
      { target: { type: 'demo.fns/greeter', id: 'Ann' }, typename: 'io.statefun.types/string', hasValue: true, value: Buffer.alloc(0) },
    ]);
  });

  it('answers when the message is committed, and numbers requests from the committed position on', async () => {
    let commit: () => void = () => undefined;
    await start('41', { savePosition: () => new Promise((resolve) => (commit = resolve)) });
    let answered = false;
    const answer = ask(ingress.port, '/demo/f/x').then((given) => ((answered = true), given));
    while (delivered.length === 0) await new Promise((resolve) => setImmediate(resolve));
    for (let turns = 0; turns < 50; turns += 1) await new Promise((resolve) => setImmediate(resolve));
    expect(answered).toBe(false);
    expect(delivered[0]).toMatchObject({
      partition: 'requests',
      position: '42',
      identity: 'io.statefun.playground/ingress#42',
      key: 'demo/f/x',
    });
    commit();
    expect(await answer).toMatchObject({ status: 200 });
  });

  it.each(['/', '/demo/f', '/demo/f/x/y', '/demo//x', '/demo/f/', '/demo/f/%E0%A4%A', '/de%2Fmo/f/x'])(
    'refuses the path %s',
    async (path) => {
      await start();
      expect(await ask(ingress.port, path)).toMatchObject({ status: 400, header: '400' });
      expect(delivered).toEqual([]);
    },
  );

  it.each(['GET', 'HEAD', 'POST', 'DELETE', 'OPTIONS'])('refuses the method %s', async (method) => {
    await start();
    expect(await ask(ingress.port, '/demo/f/x', { method })).toMatchObject({ status: 405, allow: 'PUT' });
    expect(delivered).toEqual([]);
  });

  it.each<[string, Record<string, string>, number]>([
    ['a name that leads to this machine', { host: 'evil.example' }, 403],
    ['a name and a port', { host: 'evil.example:80' }, 403],
    ['an address elsewhere', { host: '192.168.0.1' }, 403],
    ['a page of another site', { origin: 'https://evil.example' }, 403],
    ['a page from nowhere', { origin: 'null' }, 403],
    ['a page whose name begins like this machine', { origin: 'http://localhost.evil.example' }, 403],
    ['a page of this machine', { host: 'localhost:8090', origin: 'http://localhost:3000' }, 200],
    ['a program that asks by address', { host: '[::1]:8090' }, 200],
  ])('looks at who asks: %s', async (_who, headers, status) => {
    await start();
    expect(await ask(ingress.port, '/demo/f/x', { headers })).toMatchObject({ status });
    expect(delivered).toHaveLength(status === 200 ? 1 : 0);
  });

  it('is asked by any name where it is told to listen for others, and still not by foreign pages', async () => {
    await start();
    await ingress.stop();
    ingress = new PlaygroundIngress(0, '0.0.0.0');
    const context = { positions: new Map(), logger: silentLogger, deliver: () => Promise.resolve(), savePosition: () => Promise.resolve() };
    await ingress.start(context as unknown as IngressContext);
    const statusOf = async (headers: Record<string, string>): Promise<number | undefined> =>
      (await ask(ingress.port, '/demo/f/x', { headers })).status;
    expect(await statusOf({ host: 'statefun:8090' })).toBe(200);
    expect(await statusOf({ host: 'statefun:8090', origin: 'http://statefun:9000' })).toBe(200);
    expect(await statusOf({ host: 'statefun:8090', origin: 'http://localhost:9000' })).toBe(403);
  });

  it('listens where only this machine reaches it', async () => {
    await start();
    expect(ingress.description).toBe('HTTP on 127.0.0.1:0');
    // Another address of the same machine: who listens on all of them answers there.
    await expect(ask(ingress.port, '/demo/f/x', { host: '127.0.0.2' })).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('refuses a body that no store would keep', async () => {
    await start();
    const answer = await ask(ingress.port, '/demo/f/x', { body: Buffer.alloc(17 * 1024 * 1024) }).catch(() => undefined);
    expect(answer?.status ?? 413).toBe(413);
    expect(delivered).toEqual([]);
  });

  it('stops while bodies and requests are withheld, and answers the bodies with 503', async () => {
    await start();
    const silent = connect(ingress.port ?? 0, '127.0.0.1').on('error', () => undefined);
    await once(silent, 'connect');
    const withheld = await Promise.all(Array.from({ length: 20 }, () => withholdBody(ingress.port, { path: '/demo/f/x', method: 'PUT' })));
    await ingress.stop();
    expect(await Promise.all(withheld.map(async ({ answer }) => (await answer).statusCode))).toEqual(withheld.map(() => 503));
    await once(silent.resume(), 'close');
  });

  it('says that it takes nothing any more while the engine stops', async () => {
    await start(undefined, { deliver: () => Promise.reject(new Error('the engine stops')) });
    expect(await ask(ingress.port, '/demo/f/x')).toMatchObject({ status: 503, header: '503' });
  });

  it('cannot listen where somebody else does', async () => {
    await start();
    const other = new PlaygroundIngress(ingress.port ?? 0);
    const context = { positions: new Map(), logger: silentLogger } as unknown as IngressContext;
    await expect(other.start(context)).rejects.toMatchObject({ code: 'PLAYGROUND_PORT_UNUSABLE' });
  });
});

describe('the playground egress', () => {
  const egress = new PlaygroundEgress(0, ['greetings', 'empty']);
  afterEach(() => egress.stop());
  const record = (value: unknown, typename = 'io.statefun.playground/EgressRecord'): EgressRecord => {
    const bytes = Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
    const data = Envelope.ofTypedValue({ typename, hasValue: true, value: bytes }).encode();
    return { id: '1', key: undefined, data, resent: false };
  };
  const start = () => egress.start({ signal: new AbortController().signal, clock: new ManualClock(), logger: silentLogger });
  const read = (topic: string) => ask(egress.port, `/${topic}`, { method: 'GET' });

  it('keeps the messages of each topic in order until they are read', async () => {
    await start();
    expect(await egress.send([record({ topic: 'greetings', payload: 'Grüße' }), record({ topic: 'greetings', payload: 'b' })])).toEqual([]);
    expect(await read('greetings')).toEqual({ status: 200, header: '200', body: 'Grüße' });
    expect(await read('greetings')).toMatchObject({ body: 'b' });
    expect(await read('greetings')).toEqual({ status: 404, header: '404', body: '' });
    expect(await read('empty')).toMatchObject({ status: 404, header: '404' });
    expect(await read('unknown')).toMatchObject({ status: 405, header: '405' });
    await egress.send([record({ topic: 'greetings', payload: 'kept' })]);
    for (const method of ['HEAD', 'PUT', 'POST']) {
      expect(await ask(egress.port, '/greetings', { method })).toMatchObject({ status: 405, allow: 'GET' });
    }
    expect(await read('greetings')).toMatchObject({ body: 'kept' });
  });

  it('refuses what is no record of it', async () => {
    await start();
    const records = [
      record({ topic: 'unknown', payload: 'x' }),
      record({ topic: 'greetings', payload: 1 }),
      record({ topic: 'greetings', payload: 'x', more: true }),
      record('{'),
      record('1'),
      record({ topic: 'greetings', payload: 'x' }, 'demo/Other'),
    ];
    const rejected = await egress.send(records);
    expect(rejected.map(({ record: given, error }) => [records.indexOf(given), (error as { code?: string }).code])).toEqual(
      records.map((_record, index) => [index, 'EGRESS_RECORD_REFUSED']),
    );
    expect(await read('greetings')).toMatchObject({ status: 404 });
  });
});
