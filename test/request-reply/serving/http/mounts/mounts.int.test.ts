import { afterEach, describe, it } from '@jest/globals';
import express from 'express';
import fastify from 'fastify';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { requestListener } from '../../../../../src/request-reply/serving/http/request-listener.ts';
import { counterHandler } from '../counter.ts';
import { expectCounted } from '../expect-counted.ts';

// npm run test:mounts installs these servers, and compiles this file against their types.

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

describe('requestListener', () => {
  it('mounts on Express', async () => {
    const handler = counterHandler();
    // #region express
    const app = express();
    app.use(express.json());
    app.post('/statefun', requestListener(handler));
    // #endregion express
    await expectCounted(await listen(createServer(app)));
  });

  it('mounts on Express behind a parser of bodies', async () => {
    const app = express();
    app.use(express.raw({ type: '*/*', limit: '32mb' }));
    app.post('/statefun', requestListener(counterHandler()));
    await expectCounted(await listen(createServer(app)));
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
    await expectCounted(`${await app.listen({ port: 0, host: '127.0.0.1' })}/statefun`);
  });
});
