import { createHmac } from 'node:crypto';
import { mkdtempSync, readFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { deflateSync, gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { InvocationBatch } from '../../../src/functions/remote/invocation-batch.ts';
import type { RemoteClient } from '../../../src/functions/remote/remote-function.ts';
import { remoteFunctions, type RemoteFunctionsOptions } from '../../../src/request-reply/calling/remote-functions.ts';
import { encodeFromFunction } from '../../../src/request-reply/protocol/encode-response.ts';
import { encodeToFunction } from '../../../src/request-reply/protocol/request.ts';
import { silentLogger, type Logger } from '../../../src/shared/logger.ts';
import { emptyResult, FunctionServer, send, type Answering } from './function-server.ts';

const batch: InvocationBatch = {
  target: { type: 'demo/greeter', id: 'Bob' },
  states: [],
  invocations: [{ caller: undefined, argument: { typename: 'demo/Login', hasValue: true, value: Buffer.from('{}') } }],
};
const good = Buffer.from(encodeFromFunction(emptyResult));
const path = (file: string): string => fileURLToPath(new URL(`../../resources/tls/${file}`, import.meta.url));
const pem = (file: string): string => readFileSync(path(file), 'utf8');
const patient = new AbortController().signal;

describe('calling functions over HTTP', () => {
  let server: FunctionServer;
  const clients: RemoteClient[] = [];
  afterEach(async () => {
    for (const client of clients.splice(0)) await client.close();
    await server.stop();
  });

  const serve = async (answering?: Answering): Promise<FunctionServer> => (server = await new FunctionServer(answering).start());
  const connect = (options: Partial<RemoteFunctionsOptions> = {}, logger: Logger = silentLogger): RemoteClient => {
    const client = remoteFunctions({ functions: 'demo/*', ...options, url: options.url ?? server.url }).connect(logger);
    clients.push(client);
    return client;
  };
  const failureOf = async (client: RemoteClient, signal = patient) => {
    const failure = await client.call(batch, signal).then(
      () => undefined,
      (error: unknown) => error,
    );
    return failure as {
      readonly code: string;
      readonly outcome: string;
      readonly facts: Record<string, unknown>;
      readonly message: string;
    };
  };

  it("sends the headers of StateFun's own runtime and the batch as it is", async () => {
    await serve();
    expect(await connect().call(batch, patient)).toEqual(emptyResult);
    const [request] = server.requests;
    const pairs = Array.from({ length: (request?.rawHeaders.length ?? 0) / 2 }, (_, index) =>
      request?.rawHeaders.slice(2 * index, 2 * index + 2),
    );
    expect(Object.fromEntries(pairs as [string, string][])).toEqual({
      host: `127.0.0.1:${server.port}`,
      'content-type': 'application/octet-stream',
      accept: 'application/octet-stream',
      'accept-encoding': 'gzip,deflate',
      connection: 'keep-alive',
      'user-agent': 'statefun',
      'content-length': String(request?.body.byteLength),
    });
    expect(request).toMatchObject({ method: 'POST', url: '/statefun' });
    expect(request?.body).toEqual(Buffer.from(encodeToFunction(batch)));
  });

  it('puts the name of the function into the URL', async () => {
    await serve();
    await connect({ url: `http://127.0.0.1:${server.port}/f/{function.name}?a=1` }).call(batch, patient);
    expect(server.requests[0]?.url).toBe('/f/greeter?a=1');
  });

  it('uses a connection again, and at most so many at once', async () => {
    await serve();
    const client = connect({ poolSize: 2 });
    await client.call(batch, patient);
    await client.call(batch, patient);
    await Promise.all(Array.from({ length: 10 }, () => client.call(batch, patient)));
    expect(server.requests[1]?.port).toBe(server.requests[0]?.port);
    expect(new Set(server.requests.map(({ port }) => port)).size).toBe(2);
  });

  it('reaches a server on a Unix socket', async () => {
    const socket = join(mkdtempSync(join(tmpdir(), 'statefun-')), 'functions.sock');
    server = await new FunctionServer().start(socket);
    await connect({ url: `http+unix://${socket}/statefun/{function.name}` }).call(batch, patient);
    expect(server.requests[0]).toMatchObject({ url: '/statefun/greeter', headers: { host: 'localhost' } });
    expect(await failureOf(connect({ url: `http+unix://${socket}x.sock/` }))).toMatchObject({ code: 'REMOTE_UNAVAILABLE' });
  });

  it.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
  ] as const)('reads an answer in %s', async (encoding, compress) => {
    await serve((response) => send(response, 200, compress(good), { 'content-encoding': encoding }));
    expect(await connect().call(batch, patient)).toEqual(emptyResult);
  });

  it('signs requests when it is given a secret', async () => {
    await serve();
    await connect({ signingSecret: 'open sesame' }).call(batch, patient);
    const [request] = server.requests;
    const [, seconds, signature] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(request?.headers['x-statefun-signature'])) ?? [];
    const expected = createHmac('sha256', 'open sesame').update(
      Buffer.concat([Buffer.from(`${seconds}.`), request?.body ?? Buffer.alloc(0)]),
    );
    expect(signature).toBe(expected.digest('hex'));
  });

  it('takes an empty body for success without effects, and says so once as a warning', async () => {
    await serve((response) => send(response, 200, ''));
    const warnings: string[] = [];
    const client = connect({}, { ...silentLogger, warn: (text) => void warnings.push(text) });
    expect(await client.call(batch, patient)).toEqual(emptyResult);
    await client.call(batch, patient);
    expect(warnings).toEqual([expect.stringContaining('empty body')]);
  });

  const error =
    (status: number, headers = {}): Answering =>
    (response) =>
      send(response, status, 'because', headers);
  it.each<[string, Answering, string, string]>([
    ['a status of 400', error(400), 'REMOTE_CALL_FAILED', 'retry'],
    ['a status of 500', error(500), 'REMOTE_CALL_FAILED', 'retry'],
    ['a redirection', error(302, { location: '/elsewhere' }), 'REMOTE_CALL_FAILED', 'retry'],
    ['a status of 503', error(503), 'REMOTE_UNAVAILABLE', 'retry'],
    [
      'a content type with parameters',
      (response) => send(response, 200, good, { 'content-type': 'application/octet-stream; charset=utf-8' }),
      'REMOTE_ANSWER_UNREADABLE',
      'retry',
    ],
    ['another content type', (response) => send(response, 200, good, { 'content-type': 'text/html' }), 'REMOTE_ANSWER_UNREADABLE', 'retry'],
    ['no content type', (response) => void response.writeHead(200).end(good), 'REMOTE_ANSWER_UNREADABLE', 'retry'],
    ['bytes of something else', (response) => send(response, 200, '<html>'), 'REMOTE_ANSWER_UNREADABLE', 'retry'],
    ['truncated bytes', (response) => send(response, 200, Buffer.from('a206050a0301', 'hex')), 'REMOTE_ANSWER_UNREADABLE', 'retry'],
    [
      'an encoding that was not asked for',
      (response) => send(response, 200, good, { 'content-encoding': 'br' }),
      'REMOTE_ANSWER_UNREADABLE',
      'retry',
    ],
    ['what is not gzip', (response) => send(response, 200, good, { 'content-encoding': 'gzip' }), 'REMOTE_ANSWER_UNREADABLE', 'retry'],
    [
      'a bomb of gzip',
      (response) => send(response, 200, gzipSync(Buffer.alloc(2_000_000)), { 'content-encoding': 'gzip' }),
      'REMOTE_ANSWER_UNREADABLE',
      'retry',
    ],
    ['more than the limit', (response) => send(response, 200, Buffer.alloc(1_000_001)), 'REMOTE_ANSWER_UNREADABLE', 'retry'],
    [
      'less than announced',
      (response) =>
        void (
          response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': '9' }).write('a'),
          response.destroy()
        ),
      'REMOTE_CALL_FAILED',
      'retry',
    ],
    ['a closed connection', (response) => void response.destroy(), 'REMOTE_CALL_FAILED', 'retry'],
  ])('fails for %s', async (_what, answering, code, outcome) => {
    await serve(answering);
    expect(await failureOf(connect({ payloadBytesMax: 1_000_000 }))).toMatchObject({ code, outcome });
  });

  it.each([
    [400, 'REMOTE_CALL_REFUSED'],
    [404, 'REMOTE_CALL_REFUSED'],
    [409, 'REMOTE_CALL_FAILED'],
    [500, 'REMOTE_CALL_FAILED'],
  ])('takes a status of %i for final where StateFun’s older transport does', async (status, code) => {
    await serve(error(status));
    expect(await failureOf(connect({ finalStatuses: 'client-errors' }))).toMatchObject({ code });
  });

  it('shows what the other side answered, and how long it wants to be left alone', async () => {
    await serve(error(429, { 'retry-after': '7' }));
    const failure = await failureOf(connect());
    expect(failure).toMatchObject({ code: 'REMOTE_UNAVAILABLE', facts: { status: 429, retryAfterMs: 7_000 } });
    expect(failure.message).toContain('because');
    server.answering = error(503, { 'retry-after': new Date(Date.now() + 60_000).toUTCString() });
    expect((await failureOf(connect())).facts['retryAfterMs']).toBeGreaterThan(50_000);
    server.answering = error(503, { 'retry-after': 'soon' });
    expect((await failureOf(connect())).facts).not.toHaveProperty('retryAfterMs');
  });

  it('says that nobody is there when the connection is refused or never stands', async () => {
    await serve();
    const gone = server.url;
    await server.stop();
    expect(await failureOf(connect({ url: gone }))).toMatchObject({ code: 'REMOTE_UNAVAILABLE', facts: { code: 'ECONNREFUSED' } });
    expect(await failureOf(connect({ url: 'http://nowhere.invalid/' }))).toMatchObject({ code: 'REMOTE_UNAVAILABLE' });
    // A TLS server that never shakes hands: the connection stands, and means nothing yet.
    const sockets: Socket[] = [];
    const mute = createServer((socket) => void sockets.push(socket)).listen(0, '127.0.0.1');
    await new Promise((resolve) => mute.once('listening', resolve));
    const { port } = mute.address() as { port: number };
    const failure = await failureOf(connect({ url: `https://127.0.0.1:${port}/`, connectTimeout: '50ms' }));
    expect(failure.code).toBe('REMOTE_UNAVAILABLE');
    expect(failure.message).toContain('no connection within 50 ms');
    // A year is no millisecond: it is the caller who gives up first.
    const controller = new AbortController();
    const patience = failureOf(connect({ url: `https://127.0.0.1:${port}/`, connectTimeout: '365d' }), controller.signal);
    while (sockets.length < 2) await new Promise((resolve) => setImmediate(resolve));
    setTimeout(() => controller.abort(), 5);
    expect((await patience).code).toBe('REMOTE_CALL_FAILED');
    for (const socket of sockets) socket.destroy();
    mute.close();
  });

  it.each<[string, Answering]>([
    ['that never comes', () => undefined],
    ['that never ends', (response) => void response.writeHead(200, { 'content-type': 'application/octet-stream' }).write('a')],
    ['that never ends with an error', (response) => void response.writeHead(500).write('a')],
  ])('ends with its signal while it waits for an answer %s', async (_what, answering) => {
    await serve(answering);
    const controller = new AbortController();
    const failure = failureOf(connect(), controller.signal);
    while (server.requests.length === 0) await new Promise((resolve) => setImmediate(resolve));
    setTimeout(() => controller.abort(), 20);
    expect((await failure).code).toBe('REMOTE_CALL_FAILED');
  });

  it('checks who serves, and shows who it is, over TLS', async () => {
    const certificates = {
      key: pem('server.key'),
      cert: pem('server.crt'),
      ca: pem('ca.crt'),
      requestCert: true,
      rejectUnauthorized: true,
    };
    server = await new FunctionServer(undefined, certificates).start();
    const tls = { caFile: path('ca.crt'), certFile: path('client.crt'), keyFile: path('client.key'), passphraseFile: path('client.pass') };
    expect(await connect({ tls }).call(batch, patient)).toEqual(emptyResult);
    expect(await connect({ tls: { ...tls, caFile: `file:${path('ca.crt')}` } }).call(batch, patient)).toEqual(emptyResult);
    const stranger = await failureOf(connect());
    expect(stranger).toMatchObject({ code: 'REMOTE_UNAVAILABLE' });
    expect(server.requests).toHaveLength(2);
    expect(() => connect({ tls: { ...tls, caFile: '/dev/null' } })).toThrow(expect.objectContaining({ code: 'REMOTE_ENDPOINT_INVALID' }));
    expect((await failureOf(connect({ tls: { caFile: path('ca.crt') } }))).code).toMatch(/REMOTE_(?:UNAVAILABLE|CALL_FAILED)/);
    expect(server.requests).toHaveLength(2);
  });

  it('refuses a request that is too large before it is sent', async () => {
    await serve();
    expect(await failureOf(connect({ payloadBytesMax: 10 }))).toMatchObject({ code: 'PROTOCOL_MESSAGE_TOO_LARGE', outcome: 'give-up' });
    expect(server.requests).toEqual([]);
  });
});
