import { afterEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect } from 'node:net';
import { join } from 'node:path';
import { deflateSync, gzipSync } from 'node:zlib';
import {
  serveFunctions,
  type FunctionServer,
  type FunctionServerOptions,
} from '../../../../src/request-reply/serving/http/function-server.ts';
import { StatefulFunctions } from '../../../../src/request-reply/serving/functions/stateful-functions.ts';
import { RequestReplyHandler } from '../../../../src/request-reply/serving/request-reply-handler.ts';
import { LogDouble } from '../../runtime.ts';
import { counted, counterHandler, countOne, countText, post, readAnswer } from './counter.ts';

const servers: FunctionServer[] = [];

async function serve(options: FunctionServerOptions = {}, handler: RequestReplyHandler = counterHandler()): Promise<FunctionServer> {
  const server = await serveFunctions(handler, { port: 0, ...options });
  servers.push(server);
  return server;
}

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

/** A function that waits until it is told to finish. */
function slowHandler(): { readonly started: Promise<void>; readonly finish: () => void; readonly handler: RequestReplyHandler } {
  let begin = (): void => undefined;
  let finish = (): void => undefined;
  const started = new Promise<void>((resolve) => (begin = resolve));
  const finished = new Promise<void>((resolve) => (finish = resolve));
  const handler = counterHandler(() => {
    begin();
    return finished;
  });
  return { started, finish: () => finish(), handler };
}

const tlsFile = (name: string): Buffer => readFileSync(join(import.meta.dirname, '..', '..', '..', 'resources', 'tls', name));

describe('serveFunctions', () => {
  it('answers 200 with exactly the content type of the protocol, and a length', async () => {
    const { url } = await serve();
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/statefun$/);
    const response = await post(url);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/octet-stream');
    expect(Number(response.headers.get('content-length'))).toBeGreaterThan(0);
    expect(await readAnswer(response)).toEqual(counted);
  });

  it('does not need a content type, and takes one with parameters', async () => {
    const { url, port } = await serve();
    const request = httpRequest({ port, host: '127.0.0.1', path: '/statefun?a=b', method: 'POST' });
    request.end(countOne);
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    response.resume();
    expect(response.statusCode).toBe(200);
    expect((await post(url, countOne, { 'content-type': 'Application/Octet-Stream; charset=x' })).status).toBe(200);
  });

  it('decodes compressed requests', async () => {
    const { url } = await serve();
    expect(await readAnswer(await post(url, gzipSync(countOne), { 'content-encoding': 'gzip' }))).toEqual(counted);
    expect(await readAnswer(await post(url, deflateSync(countOne), { 'content-encoding': 'deflate' }))).toEqual(counted);
  });

  it.each<[string, number, (url: string) => Promise<Response>, string]>([
    ['another method', 405, (url) => fetch(url), 'the method is GET'],
    [
      'another content type',
      415,
      (url) => post(url, countOne, { 'content-type': 'application/json' }),
      'the content type is "application/json"',
    ],
    ['another encoding', 415, (url) => post(url, countOne, { 'content-encoding': 'br' }), 'the content encoding is "br"'],
    ['an empty body', 400, (url) => post(url, new Uint8Array(0)), 'the body is empty'],
    ['a truncated body', 400, (url) => post(url, countOne.subarray(0, -1)), 'PROTOCOL_MESSAGE_UNREADABLE'],
    ['random bytes', 400, (url) => post(url, Buffer.from('no protobuf')), 'PROTOCOL_MESSAGE_UNREADABLE'],
    ['what is not compressed', 400, (url) => post(url, countOne, { 'content-encoding': 'gzip' }), 'the body is not gzip'],
    [
      'what is cut off when compressed',
      400,
      (url) => post(url, gzipSync(countOne).subarray(0, 20), { 'content-encoding': 'gzip' }),
      'not gzip',
    ],
    ['another path', 404, (url) => post(`${url}/other`), 'nothing is served at /statefun/other; functions are at /statefun'],
    ['a function that fails', 500, (url) => post(url, countText), 'FUNCTION_FAILED: demo/counter/Bob failed at message 1 of 1'],
  ])('refuses %s with %d', async (_name, status, send, text) => {
    const response = await send((await serve()).url);
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(await response.text()).toContain(text);
    if (status === 405) expect(response.headers.get('allow')).toBe('POST');
  });

  it('refuses a body that says it is too large without reading it', async () => {
    const { port } = await serve();
    const request = httpRequest({ port, host: '127.0.0.1', path: '/statefun', method: 'POST', headers: { 'content-length': 2 ** 26 } });
    request.on('error', () => undefined);
    request.write('a');
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    response.resume();
    expect(response.statusCode).toBe(413);
    expect(response.headers.connection).toBe('close');
    request.destroy();
  });

  it('refuses a small body that decodes to a large one', async () => {
    const { url } = await serve();
    const bomb = gzipSync(Buffer.alloc(33 * 1024 * 1024));
    expect(bomb.byteLength).toBeLessThan(40_000);
    expect((await post(url, bomb, { 'content-encoding': 'gzip' })).status).toBe(413);
  });

  it('takes a body of 32 MiB that comes in chunks, and refuses more', async () => {
    const { port } = await serve();
    const send = async (megabytes: number): Promise<number | undefined> => {
      const request = httpRequest({ port, host: '127.0.0.1', path: '/statefun', method: 'POST' });
      request.on('error', () => undefined);
      for (let count = 0; count < megabytes; count++) request.write(Buffer.alloc(1024 * 1024));
      request.end();
      const [response] = (await once(request, 'response')) as [IncomingMessage];
      response.resume();
      return response.statusCode;
    };
    // Zeros are no message: the bytes have been read.
    expect(await send(32)).toBe(400);
    expect(await send(33)).toBe(413);
  });

  it('survives clients that go away', async () => {
    const { url, port } = await serve();
    for (const head of ['', 'content-encoding: gzip\r\n']) {
      const socket = connect(port, '127.0.0.1');
      socket.write(`POST /statefun HTTP/1.1\r\nhost: a\r\n${head}content-length: 100\r\n\r\n\x1f\x8b`);
      await once(socket, 'connect');
      socket.destroy();
    }
    expect((await post(url)).status).toBe(200);
  });

  it('keeps connections longer than the pool of Flink, and refuses to keep them shorter', async () => {
    const { port } = await serve();
    const agent = new Agent({ keepAlive: true });
    const request = httpRequest({ port, host: '127.0.0.1', path: '/statefun', method: 'POST', agent });
    request.end(countOne);
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    response.resume();
    agent.destroy();
    expect(response.headers['keep-alive']).toBe('timeout=75');
    await expect(serve({ keepAliveTimeout: '5s' })).rejects.toThrow(
      'SERVER_OPTION_INVALID: keepAliveTimeout is 5000 ms; at least 20s is needed',
    );
  });

  it('answers 503 to more calls at a time than it is set to take', async () => {
    const { started, finish, handler } = slowHandler();
    const { url } = await serve({ requestsMax: 1 }, handler);
    const first = post(url);
    await started;
    const second = await post(url);
    expect(second.status).toBe(503);
    expect(second.headers.get('retry-after')).toBe('1');
    finish();
    expect((await first).status).toBe(200);
    expect((await post(url)).status).toBe(200);
  });

  it('finishes what is under way when it closes, and closes idle connections', async () => {
    const { started, finish, handler } = slowHandler();
    const server = await serve({}, handler);
    const idle = connect(server.port, '127.0.0.1');
    await once(idle, 'connect');
    const call = post(server.url);
    await started;
    const closed = server.close();
    idle.resume();
    await once(idle, 'close');
    await expect(post(server.url)).rejects.toThrow();
    finish();
    const response = await call;
    expect(response.headers.get('connection')).toBe('close');
    expect(await readAnswer(response)).toEqual(counted);
    await closed;
  });

  it('does not wait longer than it is set to when it closes', async () => {
    const { started, handler } = slowHandler();
    const server = await serve({ closeTimeout: 20 }, handler);
    const failed = expect(post(server.url)).rejects.toThrow();
    await started;
    await server.close();
    await failed;
  });

  /** A body of which the last byte is missing. */
  const trickle = async (
    port: number,
    body: Buffer,
    encoding = 'identity',
  ): Promise<{ answer: Promise<IncomingMessage>; end: () => void }> => {
    const headers = { 'content-length': body.byteLength + 1, 'content-encoding': encoding };
    const request = httpRequest({ port, host: '127.0.0.1', path: '/statefun', method: 'POST', headers, agent: false });
    request.on('error', () => undefined);
    const answer = once(request, 'response').then(([response]: unknown[]) => (response as IncomingMessage).resume());
    // Those that the test ends get no answer.
    answer.catch(() => undefined);
    await new Promise<void>((resolve) => request.write(body, () => resolve()));
    return { answer, end: () => request.destroy() };
  };

  it('counts a call from its complete body on, so that bodies that trickle in keep nobody out', async () => {
    const { url, port } = await serve({ requestsMax: 1 });
    const slow = await Promise.all(Array.from({ length: 20 }, () => trickle(port, Buffer.alloc(100))));
    const compressed = await Promise.all(Array.from({ length: 20 }, () => trickle(port, gzipSync(Buffer.alloc(8_000_000)), 'gzip')));
    expect((await post(url)).status).toBe(200);
    for (const { end } of [...slow, ...compressed]) end();
  });

  it('answers 408 to a body that does not come in time, and closes the connection', async () => {
    const { url, port } = await serve({ requestTimeout: 50 });
    const { answer } = await trickle(port, Buffer.alloc(100));
    const { statusCode, headers } = await answer;
    expect([statusCode, headers.connection]).toEqual([408, 'close']);
    expect((await post(url)).status).toBe(200);
  });

  it('keeps all bodies within its budget: the one that has been incomplete for longest makes room', async () => {
    const { url, port } = await serve({ pendingBytesMax: 100_000 });
    const slow = await trickle(port, Buffer.alloc(90_000));
    expect((await post(url, gzipSync(Buffer.alloc(200_000)), { 'content-encoding': 'gzip' })).status).toBe(503);
    // Zeros are no message: the bytes have been read.
    expect((await post(url, Buffer.alloc(50_000))).status).toBe(400);
    const { statusCode, headers } = await slow.answer;
    expect([statusCode, headers['retry-after']]).toEqual([503, '1']);
    expect((await post(url)).status).toBe(200);
  });

  it.each<[string, FunctionServerOptions]>([
    ['send nothing', {}],
    ['never shake hands', { tls: { cert: tlsFile('server.crt'), key: tlsFile('server.key') } }],
  ])('cuts connections that %s', async (_what, options) => {
    const { port } = await serve({ requestTimeout: 50, ...options });
    const sockets = Array.from({ length: 50 }, () => connect(port, '127.0.0.1').on('error', () => undefined));
    await Promise.all(sockets.map(async (socket) => once(socket.resume(), 'close')));
  });

  it('logs one line for each request that it refuses, up to a rate', async () => {
    const logger = new LogDouble();
    const handler = new RequestReplyHandler(new StatefulFunctions({ logger }), { logger });
    const { url } = await serve({}, handler);
    for (let count = 0; count < 8; count += 1) await post(`${url}/other`);
    await post(url, Buffer.from('no protobuf'));
    for (let count = 0; count < 20; count += 1) await fetch(url);
    expect(logger.lines).toHaveLength(10);
    expect(logger.lines[0]?.line).toBe('warn a request is refused');
    await Promise.all(servers.splice(0).map((server) => server.close()));
    expect(logger.lines[10]?.line).toContain('more requests were refused');
  });

  it('serves HTTPS, and with a CA for clients only those with a certificate', async () => {
    const server = { cert: tlsFile('server.crt'), key: tlsFile('server.key') };
    const ca = tlsFile('ca.crt');
    const passphrase = tlsFile('client.pass').toString().trim();
    const send = async (port: number, options: object): Promise<number | undefined> => {
      const request = httpsRequest({ port, host: '127.0.0.1', path: '/statefun', method: 'POST', ca, agent: false, ...options });
      request.end(countOne);
      const [response] = (await once(request, 'response')) as [IncomingMessage];
      response.resume();
      return response.statusCode;
    };
    const plain = await serve({ tls: server });
    expect(plain.url).toMatch(/^https:/);
    expect(await send(plain.port, {})).toBe(200);
    const mutual = await serve({ tls: { ...server, clientCa: ca } });
    await expect(send(mutual.port, {})).rejects.toThrow();
    expect(await send(mutual.port, { cert: tlsFile('client.crt'), key: tlsFile('client.key'), passphrase })).toBe(200);
  });

  it('says why it cannot listen', async () => {
    const { port } = await serve();
    await expect(serve({ port })).rejects.toMatchObject({ code: 'SERVER_NOT_LISTENING', facts: { host: '127.0.0.1', port } });
    await expect(serve({ tls: { cert: 'no', key: 'no' } })).rejects.toThrow(
      'SERVER_NOT_LISTENING: the certificates of the server cannot be used',
    );
    await expect(serve({ path: 'statefun' })).rejects.toThrow('SERVER_OPTION_INVALID');
    await expect(serve({ pendingBytesMax: 0 })).rejects.toThrow('SERVER_OPTION_INVALID: pendingBytesMax is 0');
    await expect(serve({ requestTimeout: 0 })).rejects.toThrow('SERVER_OPTION_INVALID: requestTimeout is 0 ms');
  });
});
