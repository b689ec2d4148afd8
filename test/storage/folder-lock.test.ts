import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { mkdirSync, readdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, Server } from 'node:net';
import { join } from 'node:path';
import { lockFolder } from '../../src/storage/folder-lock.ts';
import { createTemporaryFolder, removeFolder } from './log-fixture.ts';

describe('the lock of a folder', () => {
  let folder: string;
  const servers: Server[] = [];

  /** A claimant that is alive, has the name and says what it is told to. */
  const claimant = (name: string, answer: string): Promise<Server> =>
    new Promise((resolve) => {
      mkdirSync(join(folder, 'lock'), { recursive: true });
      const server = createServer((socket) => socket.on('error', () => undefined).write(answer));
      servers.push(server);
      server.listen(join(folder, 'lock', 'born'), () => {
        renameSync(join(folder, 'lock', 'born'), join(folder, 'lock', name));
        resolve(server);
      });
    });

  beforeEach(() => {
    folder = createTemporaryFolder();
  });

  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
    removeFolder(folder);
  });

  it('is refused while it is held, naming the process', async () => {
    const lock = await lockFolder(folder);
    await expect(lockFolder(folder)).rejects.toMatchObject({ code: 'STATE_FOLDER_LOCKED', facts: { folder, pid: process.pid } });
    await lock.release();
  });

  it('is free again after its release, which leaves nothing behind and may be called again', async () => {
    const lock = await lockFolder(folder);
    await lock.release();
    await lock.release();
    expect(readdirSync(join(folder, 'lock'))).toEqual([]);
    await (await lockFolder(folder)).release();
  });

  it('is the same under every name of the folder', async () => {
    const lock = await lockFolder(folder);
    symlinkSync(folder, join(folder, 'again'));
    await expect(lockFolder(join(folder, 'again'))).rejects.toMatchObject({ code: 'STATE_FOLDER_LOCKED' });
    await lock.release();
  });

  it('is taken by exactly one of many that ask at once', async () => {
    for (let round = 0; round < 20; round += 1) {
      const asked = await Promise.allSettled(Array.from({ length: 5 }, () => lockFolder(folder)));
      const won = asked.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
      expect(won).toHaveLength(1);
      await won[0]?.release();
    }
  });

  it('is taken over, and tidied up, when nobody listens on the sockets that are left', async () => {
    mkdirSync(join(folder, 'lock'));
    for (const name of ['0000000000000000.sock', 'ffffffffffffffff.sock', '1111111111111111.new'])
      writeFileSync(join(folder, 'lock', name), '');
    const lock = await lockFolder(folder);
    expect(readdirSync(join(folder, 'lock'))).toHaveLength(1);
    await lock.release();
  });

  it('is left to a living claimant with a smaller name that has not decided', async () => {
    await claimant('0000000000000000.sock', '{"pid":4711,"holding":false}\n');
    await expect(lockFolder(folder)).rejects.toMatchObject({ code: 'STATE_FOLDER_LOCKED', facts: { pid: 4711 } });
  });

  it('waits for a claimant with a larger name, and is refused when that one holds it', async () => {
    await claimant('ffffffffffffffff.sock', '{"pid":4711,"holding":false}\n{"pid":4711,"holding":true}\n');
    await expect(lockFolder(folder)).rejects.toMatchObject({ code: 'STATE_FOLDER_LOCKED', facts: { pid: 4711 } });
  });

  it('waits for a claimant with a larger name, and goes on when that one withdraws', async () => {
    const rival = await claimant('ffffffffffffffff.sock', '{"pid":4711,"holding":false}\n');
    const asked = new Promise((resolve) => {
      rival.on('connection', (socket) => socket.once('close', resolve) && setImmediate(() => socket.destroy()));
    });
    const lock = await lockFolder(folder);
    await asked;
    await lock.release();
  });

  it('holds in folders whose path is longer than that of a socket may be', async () => {
    const deep = join(folder, 'x'.repeat(120));
    mkdirSync(deep);
    const { TMPDIR: temporary } = process.env;
    process.env['TMPDIR'] = folder;
    try {
      const lock = await lockFolder(deep);
      await expect(lockFolder(deep)).rejects.toMatchObject({ code: 'STATE_FOLDER_LOCKED' });
      expect(readdirSync(deep)).toEqual([]);
      await lock.release();
    } finally {
      if (temporary === undefined) delete process.env['TMPDIR'];
      else process.env['TMPDIR'] = temporary;
    }
  });

  it('refuses a folder that is not there', async () => {
    await expect(lockFolder(join(folder, 'none'))).rejects.toMatchObject({ code: 'STATE_FOLDER_UNUSABLE', cause: { code: 'ENOENT' } });
  });

  it('is refused, saying what to do, on a file system that has no sockets', async () => {
    const listen = jest.spyOn(Server.prototype, 'listen').mockImplementation(function (this: Server) {
      // What the kernel answers on such a file system.
      const error = Object.assign(new Error('listen EOPNOTSUPP: operation not supported on socket'), {
        code: 'EOPNOTSUPP',
        syscall: 'listen',
      });
      setImmediate(() => this.emit('error', error));
      return this;
    });
    try {
      await expect(lockFolder(folder)).rejects.toMatchObject({
        code: 'STATE_FOLDER_UNUSABLE',
        facts: { folder, lock: join(folder, 'lock') },
        cause: { code: 'EOPNOTSUPP' },
        hint: expect.stringContaining('local disk'),
      });
    } finally {
      listen.mockRestore();
    }
    await (await lockFolder(folder)).release();
  });

  it('is refused when its place is taken by a file', async () => {
    writeFileSync(join(folder, 'lock'), '');
    await expect(lockFolder(folder)).rejects.toMatchObject({ code: 'STATE_FOLDER_UNUSABLE', cause: { code: 'EEXIST' } });
  });
});
