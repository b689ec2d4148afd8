import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import {
  chmodSync,
  chownSync,
  lchownSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer, Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { findLockHolder, lockFolder } from '../../../src/storage/folder/folder-lock.ts';
import { createTemporaryFolder, removeFolder } from '../log-fixture.ts';

/** Only the superuser can give files away. */
const asSuperuser = process.getuid?.() === 0 ? it : it.skip;

describe('the lock of a folder', () => {
  let folder: string;
  const servers: Server[] = [];

  /** A claimant that is alive, has the name and says what it is told to. */
  const claimant = (name: string, answer: string): Promise<Server> =>
    listener(name, (socket) => void socket.on('error', () => undefined).write(answer));
  const listener = (name: string, onConnection: (socket: Socket) => void): Promise<Server> =>
    new Promise((resolve) => {
      mkdirSync(join(folder, 'lock'), { recursive: true });
      const server = createServer(onConnection);
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

  it('is taken by exactly one of many that ask at once (STORE-L1)', async () => {
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

  it('is left to a living claimant with a smaller name that has not decided (STORE-L2)', async () => {
    await claimant('0000000000000000.sock', '{"pid":4711,"holding":false}\n');
    await expect(lockFolder(folder)).rejects.toMatchObject({ code: 'STATE_FOLDER_LOCKED', facts: { pid: 4711 } });
  });

  it('waits for a claimant with a larger name, and is refused when that one holds it (STORE-L2, STORE-L3)', async () => {
    await claimant('ffffffffffffffff.sock', '{"pid":4711,"holding":false}\n{"pid":4711,"holding":true}\n');
    await expect(lockFolder(folder)).rejects.toMatchObject({ code: 'STATE_FOLDER_LOCKED', facts: { pid: 4711 } });
  });

  it('waits for a claimant with a larger name, and goes on when that one withdraws (STORE-L3)', async () => {
    const rival = await claimant('ffffffffffffffff.sock', '{"pid":4711,"holding":false}\n');
    const asked = new Promise((resolve) => {
      rival.on('connection', (socket) => {
        socket.once('close', resolve);
        setImmediate(() => {
          rmSync(join(folder, 'lock', 'ffffffffffffffff.sock'));
          socket.destroy();
        });
      });
    });
    const lock = await lockFolder(folder);
    await asked;
    await lock.release();
  });

  it('is refused when another socket accepts every connection and ends it: that process may be out of file descriptors', async () => {
    let asked = 0;
    const endings: ((socket: Socket) => void)[] = [
      (socket) => void socket.destroy(),
      (socket) => void socket.resume().end(),
      (socket) => void socket.end('{"pid":4711,"holding":false}\n'),
    ];
    await listener('ffffffffffffffff.sock', (socket) => {
      socket.on('error', () => undefined);
      endings[asked % endings.length]?.(socket);
      asked += 1;
    });
    await expect(lockFolder(folder)).rejects.toMatchObject({ code: 'STATE_FOLDER_LOCKED' });
    expect(asked).toBeGreaterThan(5);
    expect(readdirSync(join(folder, 'lock'))).toEqual(['ffffffffffffffff.sock']);
  }, 20_000);

  it('is taken when a socket that closed connections is dead in the end', async () => {
    const rival = await listener('ffffffffffffffff.sock', (socket) => socket.destroy());
    rival.once('connection', () => rival.close());
    await (await lockFolder(folder)).release();
    expect(readdirSync(join(folder, 'lock'))).toEqual([]);
  });

  it('lies in the folder however long its path is, and is found there (STORE-F2)', async () => {
    const deep = join(folder, 'x'.repeat(200), 'y'.repeat(200));
    mkdirSync(deep, { recursive: true });
    const lock = await lockFolder(deep);
    await expect(lockFolder(deep)).rejects.toMatchObject({ code: 'STATE_FOLDER_LOCKED', facts: { pid: process.pid } });
    expect(readdirSync(join(deep, 'lock'))).toEqual([expect.stringMatching(/^[0-9a-f]{16}\.sock$/)]);
    expect(await findLockHolder(deep)).toEqual({ pid: process.pid });
    await lock.release();
    expect(readdirSync(join(deep, 'lock'))).toEqual([]);
    expect(await findLockHolder(deep)).toBeUndefined();
  });

  it('is refused where a socket cannot be reached by a short way and the path is too long', async () => {
    const deep = join(folder, 'x'.repeat(100));
    mkdirSync(deep);
    await onPlatform('darwin', async () => {
      await expect(lockFolder(deep)).rejects.toMatchObject({ code: 'STATE_FOLDER_UNUSABLE', facts: { bytesMax: 100 } });
      const lock = await lockFolder(folder);
      await expect(lockFolder(folder)).rejects.toMatchObject({ code: 'STATE_FOLDER_LOCKED' });
      await lock.release();
    });
  });

  it('is refused when the lock folder is a symbolic link, and nothing is removed where that leads (STORE-F1)', async () => {
    const elsewhere = join(folder, 'elsewhere');
    mkdirSync(elsewhere);
    writeFileSync(join(elsewhere, '0000000000000000.sock'), '');
    symlinkSync(elsewhere, join(folder, 'lock'));
    const refused = { code: 'STATE_FOLDER_UNUSABLE', summary: expect.stringContaining('symbolic link') };
    await expect(lockFolder(folder)).rejects.toMatchObject(refused);
    await expect(findLockHolder(folder)).rejects.toMatchObject(refused);
    expect(readdirSync(elsewhere)).toEqual(['0000000000000000.sock']);
  });

  it('is refused when a socket is a symbolic link', async () => {
    const lock = await lockFolder(folder);
    mkdirSync(join(folder, 'second', 'lock'), { recursive: true });
    symlinkSync(join(folder, 'lock'), join(folder, 'second', 'lock', '0000000000000000.sock'));
    await expect(lockFolder(join(folder, 'second'))).rejects.toMatchObject({ code: 'STATE_FOLDER_UNUSABLE' });
    expect(readdirSync(join(folder, 'second', 'lock'))).toEqual(['0000000000000000.sock']);
    await lock.release();
  });

  it('is refused when another user made the lock folder, and nothing in it is removed (STORE-F1)', async () => {
    mkdirSync(join(folder, 'lock'));
    writeFileSync(join(folder, 'lock', '0000000000000000.sock'), '');
    const user = statSync(folder).uid;
    const asAnother = jest.spyOn(process, 'geteuid').mockReturnValue(user + 1);
    try {
      await expect(lockFolder(folder)).rejects.toMatchObject({
        code: 'STATE_FOLDER_UNUSABLE',
        facts: { path: join(folder, 'lock'), owner: user, user: user + 1 },
        hint: expect.stringContaining('Nothing was removed'),
      });
    } finally {
      asAnother.mockRestore();
    }
    expect(readdirSync(join(folder, 'lock'))).toEqual(['0000000000000000.sock']);
  });

  asSuperuser('is refused, to the superuser too, when a folder or socket in it is of another user', async () => {
    const [lock, left] = [join(folder, 'lock'), join(folder, 'lock', 'ffffffffffffffff.sock')];
    mkdirSync(lock);
    writeFileSync(left, '');
    for (const path of [left, lock]) {
      lchownSync(path, 65_534, 65_534);
      await expect(lockFolder(folder)).rejects.toMatchObject({ code: 'STATE_FOLDER_UNUSABLE', facts: { path, owner: 65_534, user: 0 } });
      expect(readdirSync(lock)).toEqual(['ffffffffffffffff.sock']);
      chownSync(path, 0, 0);
    }
    await (await lockFolder(folder)).release();
  });

  it.each([0o000, 0o022, 0o777])('gives nobody else rights to the socket and its folder, with the umask %o', async (mask) => {
    const before = process.umask(mask);
    try {
      const lock = await lockFolder(folder);
      const [name = ''] = readdirSync(join(folder, 'lock'));
      expect(statSync(join(folder, 'lock')).mode & 0o777).toBe(0o700);
      expect(statSync(join(folder, 'lock', name)).mode & 0o777).toBe(0o600);
      await lock.release();
    } finally {
      process.umask(before);
    }
  });

  it('takes the rights of others away from a lock folder that is there', async () => {
    mkdirSync(join(folder, 'lock'));
    chmodSync(join(folder, 'lock'), 0o777);
    await (await lockFolder(folder)).release();
    expect(statSync(join(folder, 'lock')).mode & 0o777).toBe(0o700);
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
    await expect(lockFolder(folder)).rejects.toMatchObject({ code: 'STATE_FOLDER_UNUSABLE', cause: { code: 'ENOTDIR' } });
  });
});

async function onPlatform(name: NodeJS.Platform, work: () => Promise<void>): Promise<void> {
  const platform = Object.getOwnPropertyDescriptor(process, 'platform') ?? {};
  Object.defineProperty(process, 'platform', { ...platform, value: name });
  try {
    await work();
  } finally {
    Object.defineProperty(process, 'platform', platform);
  }
}
