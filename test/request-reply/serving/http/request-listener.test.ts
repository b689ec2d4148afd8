import { afterEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { requestListener } from '../../../../src/request-reply/serving/http/request-listener.ts';
import { counterHandler } from './counter.ts';
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
    const server = createServer(requestListener(handler));
    // #endregion http
    const url = await listen(server);
    await expectCounted(url);
    expect((await fetch(url)).status).toBe(405);
  });
});
