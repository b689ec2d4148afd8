import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { askHolder, serveRequests, type RequestHandler } from '../../../src/storage/folder/lock-requests.ts';
import { createTemporaryFolder, removeFolder } from '../log-fixture.ts';

describe('a request over the socket of the lock', () => {
  let folder: string;
  let path: string;
  let server: Server;
  /** The holder's side of the connection. */
  let held: Promise<Socket>;

  /** Serves requests as a holder does. */
  const serve = async (handler: RequestHandler, line = '{"pid":1,"holding":true,"answers":true}\n'): Promise<void> => {
    held = new Promise((resolve) => {
      server = createServer((socket) => {
        socket.on('error', () => undefined).write(line);
        serveRequests(socket, handler);
        resolve(socket);
      });
    });
    await new Promise<void>((resolve) => server.listen(path, resolve));
  };
  const echo: RequestHandler = (request) => Promise.resolve({ seen: request });
  const closing = (socket: Socket): Promise<void> => new Promise((resolve) => socket.once('close', () => resolve()));

  beforeEach(() => {
    folder = createTemporaryFolder();
    path = join(folder, 'holder.sock');
  });

  afterEach(async () => {
    await new Promise((resolve) => server.close(resolve));
    removeFolder(folder);
  });

  it('is answered, and may take its time: the connection has no time-out meanwhile', async () => {
    const timeouts: (number | undefined)[] = [];
    await serve(async (request) => {
      timeouts.push((await held).timeout);
      return echo(request);
    });
    void held.then((socket) => timeouts.push(socket.timeout));
    expect(await askHolder(path, { change: 'drop' })).toEqual({ seen: { change: 'drop' } });
    expect(timeouts).toEqual([10_000, 0]);
    expect((await held).timeout).toBe(10_000);
  });

  it('must come soon: a connection that is silent is closed', async () => {
    await serve(echo);
    const asker = connect(path).resume();
    const closed = closing(asker);
    (await held).emit('timeout');
    await closed;
  });

  it('is answered when it came in time, though a holder that was held up has not read it when the time is over', async () => {
    await serve(echo);
    const request = {
      change: 'drop',
      // Called before the request is written; the immediate runs when it is written and not yet read.
      toJSON: () => {
        setImmediate(() => void held.then((socket) => socket.emit('timeout')));
        return { change: 'drop' };
      },
    };
    expect(await askHolder(path, request)).toEqual({ seen: { change: 'drop' } });
  });

  it('is asked of nobody who answers no requests', async () => {
    await serve(echo, '{"pid":1,"holding":true}\n');
    expect(await askHolder(path, { change: 'drop' })).toBeUndefined();
    await closing(await held);
  });
});
