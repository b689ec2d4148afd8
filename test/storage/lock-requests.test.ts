import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { askHolder, serveRequests } from '../../src/storage/lock-requests.ts';
import { createTemporaryFolder, removeFolder } from './log-fixture.ts';

const silentMs = 50;

describe('a request over the socket of the lock', () => {
  let folder: string;
  let path: string;
  let server: Server;
  let onConnection: (socket: Socket) => void;

  beforeEach(async () => {
    folder = createTemporaryFolder();
    path = join(folder, 'holder.sock');
    server = createServer((socket) => onConnection(socket));
    await new Promise<void>((resolve) => server.listen(path, resolve));
  });

  afterEach(async () => {
    await new Promise((resolve) => server.close(resolve));
    removeFolder(folder);
  });

  it('is answered, also when the answer takes longer than a connection may be silent', async () => {
    onConnection = (socket) => {
      socket.write('{"pid":1,"holding":true,"answers":true}\n');
      serveRequests(socket, async (request) => sleep(4 * silentMs, { seen: request }), silentMs);
    };
    expect(await askHolder(path, { change: 'drop' })).toEqual({ seen: { change: 'drop' } });
  });

  it('must come soon: a connection that is silent is closed', async () => {
    const closed = new Promise((resolve) => {
      onConnection = (socket) => {
        serveRequests(socket, () => Promise.resolve({}), silentMs);
        socket.on('close', resolve).write('{"pid":1,"holding":true}\n');
      };
    });
    // Nobody asks anything of a holder that answers no requests.
    expect(await askHolder(path, { change: 'drop' })).toBeUndefined();
    await closed;
  });
});
