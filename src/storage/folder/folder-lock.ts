import { createHash, randomBytes } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { StatefunError, toError } from '../../shared/errors.ts';
import { askClaim, type ClaimAnswer } from './lock-claim.ts';
import { LockFolder, lockFolderOf } from './lock-folder.ts';
import { askHolder, serveRequests, type RequestHandler } from './lock-requests.ts';
import { protect } from '../permissions.ts';
import { isSystemError, unusableError } from '../store-errors.ts';

export interface FolderLock {
  /** Handles requests to this process from now on; see lock-requests.ts. */
  answer(handler: RequestHandler): void;
  /** Releases the folder. Calling it again does nothing. */
  release(): Promise<void>;
}

/**
 * Locks the folder for this process. Throws STATE_FOLDER_LOCKED when another process holds it.
 *
 * A process that wants the folder is a claimant. It listens on a socket with a random name in the lock folder, and then lists the other
 * claimants. The system closes the sockets of a dead process, so a refused connection proves a dead claimant, without any file that a process
 * wrote. A connection that is accepted and closed without data proves nothing. A socket is never replaced or moved once it has its name: a
 * claimant takes the lock when it has no living rival.
 *
 * STORE-L1. A claimant has its name and accepts connections before it lists the others.
 * STORE-L2. It withdraws when another claimant holds the lock or has a smaller name.
 * STORE-L3. It waits for claimants with larger names until they withdraw (then it continues) or hold the lock (then STORE-L2).
 *
 * Of two claimants at least one lists after the other is visible (STORE-L1). If it has the larger name, it withdraws (STORE-L2). If it has the
 * smaller name, it waits until the other one has decided (STORE-L3). So two claimants never hold the lock. Only smaller names wait for larger
 * ones, so there is no deadlock.
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  let claim: Claim;
  try {
    claim = await Claim.create(realpathSync(folder));
  } catch (error) {
    if (isSystemError(error, 'EADDRINUSE')) throw lockedError(folder, undefined);
    if (StatefunError.is(error)) throw error;
    throw isListening(error) ? noSocketError(folder, error) : unusableError(folder, error);
  }
  try {
    const rival = await claim.findRival();
    if (rival !== undefined) throw lockedError(folder, rival.pid);
  } catch (error) {
    await claim.release();
    throw StatefunError.is(error) ? error : unusableError(folder, error);
  }
  claim.hold();
  return claim;
}

/** Returns the process that holds the lock of the folder; undefined when no process does. Does not claim the lock. */
export function findLockHolder(folder: string): Promise<{ readonly pid: number | undefined } | undefined> {
  return firstAnswer(folder, async (path) => {
    const { state, pid } = await askClaim(path, false);
    return state === 'alive' ? { pid } : undefined;
  });
}

/** Sends a request to the process that holds the folder; see {@link askHolder}. */
export function askLockHolder(folder: string, request: object): Promise<unknown> {
  return firstAnswer(folder, (path) => askHolder(path, request));
}

/** Returns the first answer of a claimant. */
async function firstAnswer<T>(folder: string, ask: (path: string) => Promise<T | undefined>): Promise<T | undefined> {
  const path = realpathSync(folder);
  if (process.platform === 'win32') return ask(pipePath(path));
  const lockFolder = openLockFolder(path);
  if (lockFolder === undefined) return undefined;
  try {
    for (const name of lockFolder.names().filter((one) => one.endsWith('.sock'))) {
      const answer = await ask(lockFolder.pathOf(name));
      if (answer !== undefined) return answer;
    }
    return undefined;
  } finally {
    lockFolder.close();
  }
}

function openLockFolder(folder: string): LockFolder | undefined {
  try {
    return LockFolder.find(folder);
  } catch (error) {
    throw StatefunError.is(error) ? error : unusableError(folder, error);
  }
}

class Claim implements FolderLock {
  readonly #name: string;
  /** Folder of the socket; undefined for a pipe on Windows. */
  readonly #folder: LockFolder | undefined;
  readonly #server: Server;
  /** Open connections to this claimant. */
  readonly #sockets = new Set<Socket>();
  #holding = false;
  #handler: RequestHandler | undefined;
  #released: Promise<void> | undefined;

  static async create(folder: string): Promise<Claim> {
    if (process.platform === 'win32') return new Claim(pipePath(folder), await listen(pipePath(folder)), undefined);
    const lockFolder = LockFolder.create(folder);
    try {
      return await Claim.#createIn(lockFolder);
    } catch (error) {
      lockFolder.close();
      throw error;
    }
  }

  static async #createIn(folder: LockFolder): Promise<Claim> {
    for (let attempt = 1; ; attempt += 1) {
      // A socket file exists a moment before it accepts connections. It is created under a temporary name and renamed when it listens.
      const name = randomBytes(8).toString('hex');
      const server = await listen(folder.pathOf(`${name}.new`));
      const claim = new Claim(`${name}.sock`, server, folder);
      try {
        protect(folder.pathOf(`${name}.new`));
        folder.rename(`${name}.new`, `${name}.sock`);
        return claim;
      } catch (error) {
        await closed(server);
        // The holder may have removed the file before it listened.
        if (!isSystemError(error, 'ENOENT') || attempt === 3) throw error;
      }
    }
  }

  private constructor(name: string, server: Server, folder: LockFolder | undefined) {
    this.#name = name;
    this.#folder = folder;
    this.#server = server;
    server.on('connection', (socket) => this.#answer(socket));
  }

  /** Returns the living claimant for which this one must withdraw. */
  async findRival(): Promise<ClaimAnswer | undefined> {
    // A pipe on Windows has one owner and disappears with it.
    if (this.#folder === undefined) return undefined;
    for (const name of this.#folder.names()) {
      if (name === this.#name) continue;
      const visible = name.endsWith('.sock');
      const answer = await askClaim(this.#folder.pathOf(name), visible && name > this.#name);
      if (answer.state === 'dead') this.#folder.remove(name);
      if (answer.state === 'alive' && visible) return answer;
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
    this.#released ??= this.#release();
    return this.#released;
  }

  async #release(): Promise<void> {
    // A claimant that waits for a decision checks for the socket when its connection closes.
    this.#folder?.remove(this.#name);
    for (const socket of this.#sockets) socket.destroy();
    await closed(this.#server);
    this.#folder?.close();
  }

  #answer(socket: Socket): void {
    socket.unref();
    socket.on('error', () => undefined); // the other process may have ended
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
    // Exclusive: without it the primary process of a cluster would listen, and outlive this one.
    server.listen({ path, exclusive: true }, () => {
      server.off('error', reject);
      server.unref();
      resolve(server);
    });
  });
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}

function pipePath(folder: string): string {
  return `\\\\.\\pipe\\statefun-${hashOf(folder.toLowerCase())}`;
}

function hashOf(folder: string): string {
  return createHash('sha256').update(folder).digest('hex').slice(0, 32);
}

function isListening(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'syscall' in error && error.syscall === 'listen';
}

/** Shared folders of virtual machines and some network file systems have no sockets. No other lock would be safe there either. */
function noSocketError(folder: string, cause: unknown): StatefunError {
  const lock = process.platform === 'win32' ? pipePath(folder) : lockFolderOf(folder);
  return new StatefunError(
    'STATE_FOLDER_UNUSABLE',
    `the lock of the state folder ${folder} is a socket, and ${lock} cannot hold one: ${toError(cause).message}.`,
    {
      facts: { folder, lock },
      cause,
      hint: 'Put the state folder on a local disk of this machine: a file system without sockets, such as a shared or network folder, cannot tell whether another engine uses it.',
    },
  );
}

function lockedError(folder: string, pid: number | undefined): StatefunError {
  const owner = pid === undefined ? 'another engine' : `another engine (process ${pid})`;
  return new StatefunError('STATE_FOLDER_LOCKED', `the state folder ${folder} is in use by ${owner}.`, { facts: { folder, pid } });
}
