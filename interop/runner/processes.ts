import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { ProcessOutput, type SeenLines } from './process-output.ts';

/*
 * Every process is started in a group of its own and holds our end of its standard input. So nothing is left behind: what we stop, we stop
 * with everything it started; and what we cannot stop, because we were killed ourselves, ends when its standard input does.
 */
export interface ProcessOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** The lines that something is concluded from, by a name for each kind. */
  readonly lines?: Readonly<Record<string, RegExp>>;
}

const alive = new Set<ManagedProcess>();

export class ManagedProcess {
  readonly ended: Promise<string>;
  private readonly child: ChildProcess;
  private readonly printed: ProcessOutput;
  private stopped = false;

  constructor(
    readonly name: string,
    [command = '', ...commandArguments]: readonly string[],
    { cwd, env, lines = {} }: ProcessOptions = {},
  ) {
    const child = spawn(command, commandArguments, { cwd, env: { ...process.env, ...env }, stdio: 'pipe', detached: true });
    this.child = child;
    this.printed = new ProcessOutput(lines);
    alive.add(this);
    for (const stream of [child.stdout, child.stderr]) {
      const { add, end } = this.printed.stream();
      stream.on('data', add).on('end', end);
    }
    // Writing to a process that has ended is no error of ours: that it has ended is seen elsewhere.
    child.stdin.on('error', () => undefined);
    this.ended = new Promise((resolve) => {
      child.once('error', (error) => resolve(error.message));
      child.once('close', (code, signal) => resolve(String(signal ?? code)));
    });
    void this.ended.then(() => alive.delete(this));
  }

  /** For people: the end of what it has printed, both streams. Conclusions are drawn from {@link seen}. */
  get output(): string {
    return this.printed.text;
  }

  /** The lines of that name it has printed so far. */
  seen(name: string): SeenLines {
    return this.printed.seen(name);
  }

  /** The result is "0" when it ended well, else its exit code, a signal, or why it did not start. */
  async end(): Promise<string> {
    this.child.stdin?.end();
    return await this.ended;
  }

  /** Resolves when it has printed a line of that name; throws when it ends before, or is stopped. */
  async untilSeen(name: string, timeoutMs = 120_000): Promise<void> {
    const deadlineMs = Date.now() + timeoutMs;
    while (this.seen(name).count === 0) {
      this.assertRunning();
      if (Date.now() > deadlineMs) throw new Error(`${this.name} does not print that it is "${name}" in ${timeoutMs} ms:\n${this.output}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  assertRunning(): void {
    if (!alive.has(this) && !this.stopped) throw new Error(`${this.name} has ended by itself:\n${this.output}`);
  }

  /** Kills it, with everything it started. */
  async stop(): Promise<void> {
    this.kill();
    await this.ended;
  }

  kill(): void {
    this.stopped = true;
    if (this.child.pid === undefined) return;
    try {
      process.kill(-this.child.pid, 'SIGKILL');
    } catch {
      // The group is gone, which is what is wanted.
    }
  }
}

export function killAll(): void {
  for (const one of alive) one.kill();
}

/** Ctrl-C, or a stop from outside: nothing that was started stays. */
export function killAllWhenStopped(): void {
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const) {
    process.once(signal, () => {
      killAll();
      process.exit(code);
    });
  }
  process.once('exit', killAll);
}

/** A port of the loopback interface that nothing listens on right now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('a TCP server has no port');
  return address.port;
}
