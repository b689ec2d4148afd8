import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** A script of this folder in a process of its own, and the lines it prints. */
export class Child {
  readonly process: ChildProcess;
  readonly exit: Promise<{ code: number | null; signal: string | null }>;
  readonly #lines: AsyncIterator<string>;

  /** With `limits`, shell commands such as `ulimit -f 8` that the script then runs under. */
  constructor(script: string, args: readonly string[], limits?: string, environment: NodeJS.ProcessEnv = {}) {
    const path = fileURLToPath(new URL(`./scripts/${script}`, import.meta.url));
    const command =
      limits === undefined
        ? [process.execPath, path, ...args]
        : ['bash', '-c', `${limits}; exec "$0" "$@"`, process.execPath, path, ...args];
    const child = spawn(command[0] ?? '', command.slice(1), {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, ...environment },
    });
    this.process = child;
    this.exit = new Promise((resolve) => child.once('exit', (code, signal) => resolve({ code, signal })));
    this.#lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  }

  /** The next line, or undefined at the end. */
  async line(): Promise<string | undefined> {
    const next = await this.#lines.next();
    return next.done === true ? undefined : next.value;
  }

  async lastLine(): Promise<string | undefined> {
    let last: string | undefined;
    for (let line = await this.line(); line !== undefined; line = await this.line()) last = line;
    return last;
  }

  async kill(): Promise<void> {
    this.process.kill('SIGKILL');
    await this.exit;
  }
}
