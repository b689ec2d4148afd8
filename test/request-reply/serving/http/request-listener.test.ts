import { afterEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { requestListener } from '../../../../src/request-reply/serving/http/request-listener.ts';
import { counterHandler, countOne, post } from './counter.ts';
import { withholdBody } from '../../../shared/http/withhold-body.ts';
import { expectCounted } from './expect-counted.ts';

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
  it('mounts on a bare server', async () => {
    const handler = counterHandler();
    // #region http
    const listener = requestListener(handler);
    const server = createServer(listener);
    // #endregion http
    const url = await listen(server);
    await expectCounted(url);
    expect((await fetch(url)).status).toBe(405);
  });

  it('lets its server close while bodies are withheld', async () => {
    const listener = requestListener(counterHandler(), { requestTimeout: '1h' });
    const server = createServer(listener);
    const { port } = new URL(await listen(server));
    const withheld = await Promise.all(Array.from({ length: 20 }, () => withholdBody(Number(port), { path: '/', method: 'POST' })));
    const closed = new Promise((resolve) => server.close(resolve));
    listener.close();
    await closed;
    expect(await Promise.all(withheld.map(async ({ answer }) => (await answer).statusCode))).toEqual(withheld.map(() => 503));
  });

  it('calls no function when the client has gone behind its body', async () => {
    let calls = 0;
    const listener = requestListener(counterHandler(() => Promise.resolve(void (calls += 1))));
    const served: Promise<unknown>[] = [];
    const server = createServer((request, response) => {
      // The body is complete, and nothing has been done with it.
      request.once('end', () => request.socket.destroy());
      served.push(once(response, 'close'));
      listener(request, response);
    });
    const url = await listen(server);
    await expect(post(url)).rejects.toThrow();
    await Promise.all(served);
    for (let turns = 0; turns < 50; turns += 1) await new Promise((resolve) => setImmediate(resolve));
    expect([served.length, calls]).toEqual([1, 0]);
  });

  it('calls no function when the client has gone before the listener is called', async () => {
    let calls = 0;
    const listener = requestListener(counterHandler(() => Promise.resolve(void (calls += 1))));
    let passOn = (): void => undefined;
    const passedOn = new Promise<void>((resolve) => (passOn = resolve));
    const server = createServer((request, response) => {
      request.socket.destroy();
      response.once('close', () => {
        listener(Object.assign(request, { body: countOne }), response);
        passOn();
      });
    });
    await expect(post(await listen(server))).rejects.toThrow();
    await passedOn;
    for (let turns = 0; turns < 50; turns += 1) await new Promise((resolve) => setImmediate(resolve));
    expect(calls).toBe(0);
  });
});
