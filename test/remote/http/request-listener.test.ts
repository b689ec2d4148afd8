import { afterEach, describe, expect, it } from '@jest/globals';
import express from 'express';
import fastify from 'fastify';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { requestListener } from '../../../src/remote/http/request-listener.ts';
import { counted, counterHandler, countOne, countText, post, readAnswer } from './counter.ts';

const closers: (() => unknown)[] = [];

async function listen(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  closers.push(() => server.close());
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/statefun`;
}

afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()));
});

/** The same of every mount. */
async function expectServed(url: string): Promise<void> {
  const response = await post(url);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('application/octet-stream');
  expect(await readAnswer(response)).toEqual(counted);
  expect((await post(url, countText)).status).toBe(500);
  expect((await post(url, countOne.subarray(0, 5))).status).toBe(400);
}

describe('requestListener', () => {
  it('mounts on a bare server', async () => {
    const handler = counterHandler();
    // #region http
    const server = createServer(requestListener(handler));
    // #endregion http
    const url = await listen(server);
    await expectServed(url);
    expect((await fetch(url)).status).toBe(405);
  });

  it('mounts on Express', async () => {
    const handler = counterHandler();
    // #region express
    const app = express();
    app.use(express.json());
    app.post('/statefun', requestListener(handler));
    // #endregion express
    await expectServed(await listen(createServer(app)));
  });

  it('mounts on Express behind a parser of bodies', async () => {
    const app = express();
    app.use(express.raw({ type: '*/*', limit: '32mb' }));
    app.post('/statefun', requestListener(counterHandler()));
    await expectServed(await listen(createServer(app)));
  });

  it('mounts on Fastify', async () => {
    const handler = counterHandler();
    // #region fastify
    const app = fastify();
    const listener = requestListener(handler);
    // The body stays unread, and the answer is the listener's.
    app.addContentTypeParser('application/octet-stream', (_request, _payload, done) => done(null));
    app.post('/statefun', (request, reply) => {
      void reply.hijack();
      listener(request.raw, reply.raw);
    });
    // #endregion fastify
    closers.push(async () => app.close());
    await expectServed(`${await app.listen({ port: 0, host: '127.0.0.1' })}/statefun`);
  });
});
