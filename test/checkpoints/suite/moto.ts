import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

/** The emulator of S3, from PyPI. */
const requirement = 'moto[server,s3]==5.2.1';
const installTries = 3;

/** Time for the server to answer, in milliseconds. It takes a second on an idle machine. */
const startMsMax = 60_000;

/** The folder of a Python environment that has the emulator. It is made once. */
const environment = join(tmpdir(), 'statefun-moto-5.2.1');
const server = join(environment, 'bin', 'moto_server');

/** An S3 on this machine, with one bucket. */
export class Moto {
  readonly endpoint: string;
  readonly #process: ChildProcess;

  private constructor(endpoint: string, process: ChildProcess) {
    this.endpoint = endpoint;
    this.#process = process;
  }

  /** Returns undefined, with one line that says why, where it cannot be installed. */
  static async start(bucket: string): Promise<Moto | undefined> {
    if (!(await install())) return undefined;
    const port = await freePort();
    const child = spawn(server, ['-H', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' });
    process.once('exit', () => child.kill('SIGKILL'));
    const moto = new Moto(`http://127.0.0.1:${port}`, child);
    await moto.#answers();
    await moto.createBucket(bucket);
    return moto;
  }

  async createBucket(bucket: string): Promise<void> {
    await fetch(`${this.endpoint}/${bucket}`, { method: 'PUT', headers: { authorization: 'AWS test:test' } });
  }

  stop(): void {
    this.#process.kill('SIGKILL');
  }

  async #answers(): Promise<void> {
    for (const startedAt = performance.now(); ;) {
      const answered = await fetch(`${this.endpoint}/moto-api/`).then(
        () => true,
        () => false,
      );
      if (answered) return;
      if (performance.now() - startedAt > startMsMax) throw new Error(`moto_server does not answer at ${this.endpoint}`);
      await sleep(100);
    }
  }
}

async function install(): Promise<boolean> {
  const run = promisify(execFile);
  let reason = '';
  for (let tries = 0; tries < installTries && !existsSync(server); tries += 1) {
    try {
      mkdirSync(environment, { recursive: true });
      await run('python3', ['-m', 'venv', environment]);
      await run(join(environment, 'bin', 'pip'), ['install', '--quiet', requirement]);
    } catch (error) {
      reason = error instanceof Error ? (error.message.split('\n').at(-1) ?? '') : String(error);
    }
  }
  if (existsSync(server)) return true;
  console.log(`skipped: moto cannot be installed after ${installTries} tries (${reason})`);
  return false;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo; // it listens on a port
      probe.close(() => resolve(port));
    });
  });
}
