import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, realpathSync, renameSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { StatefunError } from '../shared/errors.ts';
import { askClaim, type ClaimAnswer } from './lock-claim.ts';
import { askHolder, serveRequests, type RequestHandler } from './lock-requests.ts';
import { isSystemError, unusableError } from './store-errors.ts';

export interface FolderLock {
  /** From here on requests to the process that holds the folder are answered: see lock-requests.ts. */
  answer(handler: RequestHandler): void;
  /** Gives the folder free. Calling it again does nothing. */
  release(): Promise<void>;
}

/** What a socket's path may have, in bytes, with room to spare: 104 on macOS, 108 on Linux, and longer ones are cut silently. */
const socketPathBytesMax = 100;

/**
 * Takes the folder for this process, or refuses with STATE_FOLDER_LOCKED.
 *
 * Whoever wants the folder is a claimant: it listens on a socket with a random name in the lock folder, and then lists the others. The
 * system closes sockets when their process dies, so a refused connection means a dead claimant, and nothing has to be believed that a
 * process wrote. No socket is ever replaced or moved once it has its name: taking over means having no living rival.
 *
 * L1. A claimant is visible under its name, and answers, before it lists the others.
 * L2. It withdraws when another one holds the lock, or has a smaller name.
 * L3. It waits for those with larger names until they have withdrawn (then it goes on) or hold the lock (then L2).
 *
 * Of two claimants at least one lists after the other is visible (L1). If that is the larger one it withdraws (L2); if it is the smaller
 * one it waits until the larger one has decided (L3). Hence never two; and waiting goes from smaller to larger only, hence no deadlock.
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  let claim: Claim;
  try {
    claim = await Claim.create(realpathSync(folder));
  } catch (error) {
    if (isSystemError(error, 'EADDRINUSE')) throw lockedError(folder, undefined);
    throw unusableError(folder, error);
  }
  try {
    const rival = await claim.findRival();
    if (rival !== undefined) throw lockedError(folder, rival.pid);
  } catch (error) {
    await claim.release();
    throw error;
  }
  claim.hold();
  return claim;
}

/** The process that holds the lock of the folder, as far as it tells; undefined when nobody does. Takes no part in claiming it. */
export async function findLockHolder(folder: string): Promise<{ readonly pid: number | undefined } | undefined> {
  for (const path of claimPaths(realpathSync(folder))) {
    const { state, pid } = await askClaim(path, false);
    if (state === 'alive') return { pid };
  }
  return undefined;
}

/** Asks the process that holds the folder; see {@link askHolder}. */
export async function askLockHolder(folder: string, request: object): Promise<unknown> {
  for (const path of claimPaths(realpathSync(folder))) {
    const answer = await askHolder(path, request);
    if (answer !== undefined) return answer;
  }
  return undefined;
}

function claimPaths(folder: string): string[] {
  if (process.platform === 'win32') return [pipePath(folder)];
  const lockFolder = lockFolderOf(folder);
  if (!existsSync(lockFolder)) return [];
  const names = readdirSync(lockFolder).filter((name) => name.endsWith('.sock'));
  return names.map((name) => join(lockFolder, name));
}

class Claim implements FolderLock {
  readonly #path: string;
  readonly #server: Server;
  /** Those who ask. */
  readonly #sockets = new Set<Socket>();
  #holding = false;
  #handler: RequestHandler | undefined;
  #released: Promise<void> | undefined;

  static async create(folder: string): Promise<Claim> {
    if (process.platform === 'win32') return new Claim(pipePath(folder), await listen(pipePath(folder)));
    const lockFolder = lockFolderOf(folder);
    mkdirSync(lockFolder, { recursive: true });
    for (let attempt = 1; ; attempt += 1) {
      // A socket has its name a moment before it listens. It is born under a name that no claimant looks at, and renamed when it answers.
      const name = randomBytes(8).toString('hex');
      const path = join(lockFolder, `${name}.sock`);
      const claim = new Claim(path, await listen(join(lockFolder, `${name}.new`)));
      try {
        renameSync(join(lockFolder, `${name}.new`), path);
        return claim;
      } catch (error) {
        await claim.release();
        // The holder may have tidied it away before it listened.
        if (!isSystemError(error, 'ENOENT') || attempt === 3) throw error;
      }
    }
  }

  private constructor(path: string, server: Server) {
    this.#path = path;
    this.#server = server;
    server.on('connection', (socket) => this.#answer(socket));
  }

  /** The living claimant before which this one withdraws. */
  async findRival(): Promise<ClaimAnswer | undefined> {
    // A pipe of Windows has one owner, and is gone with it.
    if (process.platform === 'win32') return undefined;
    const folder = join(this.#path, '..');
    const own = basename(this.#path);
    for (const name of readdirSync(folder)) {
      if (name === own || (!name.endsWith('.sock') && !name.endsWith('.new'))) continue;
      const answer = await askClaim(join(folder, name), name.endsWith('.sock') && name > own);
      if (answer.state === 'dead') rmSync(join(folder, name), { force: true });
      if (answer.state === 'alive' && name.endsWith('.sock')) return answer;
    }
    return undefined;
  }

  hold(): void {
    this.#holding = true;
    for (const socket of this.#sockets) socket.end(this.#line());
  }

  answer(handler: RequestHandler): void {
    this.#handler = handler;
  }

  release(): Promise<void> {
    this.#released ??= new Promise((resolve) => {
      if (process.platform !== 'win32') rmSync(this.#path, { force: true });
      for (const socket of this.#sockets) socket.destroy();
      this.#server.close(() => resolve());
    });
    return this.#released;
  }

  #answer(socket: Socket): void {
    socket.unref();
    socket.on('error', () => undefined); // one that asked may be gone before it is answered
    socket.on('close', () => this.#sockets.delete(socket));
    this.#sockets.add(socket);
    if (this.#holding && this.#handler === undefined) {
      socket.end(this.#line());
      return;
    }
    socket.write(this.#line());
    if (this.#handler !== undefined) serveRequests(socket, this.#handler);
  }

  #line(): string {
    const answers = this.#handler !== undefined;
    return `${JSON.stringify({ pid: process.pid, holding: this.#holding, ...(answers ? { answers } : {}) })}\n`;
  }
}

function listen(path: string): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    // Exclusive: in a cluster the primary process would listen, and outlive this one.
    server.listen({ path, exclusive: true }, () => {
      server.off('error', reject);
      server.unref();
      resolve(server);
    });
  });
}

/** In the folder itself, or in the temporary folder under a hash when a socket's path would be too long. */
function lockFolderOf(folder: string): string {
  const inside = join(folder, 'lock');
  const longest = join(inside, `${'0'.repeat(16)}.sock`);
  return Buffer.byteLength(longest) <= socketPathBytesMax ? inside : join(tmpdir(), `statefun-${hashOf(folder)}`);
}

function pipePath(folder: string): string {
  return `\\\\.\\pipe\\statefun-${hashOf(folder.toLowerCase())}`;
}

function hashOf(folder: string): string {
  return createHash('sha256').update(folder).digest('hex').slice(0, 32);
}

function lockedError(folder: string, pid: number | undefined): StatefunError {
  const owner = pid === undefined ? 'another engine' : `another engine (process ${pid})`;
  return new StatefunError('STATE_FOLDER_LOCKED', `the state folder ${folder} is in use by ${owner}.`, { facts: { folder, pid } });
}
