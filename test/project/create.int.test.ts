import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

// A new project as a user gets it: the package is packed and installed, its command creates a project, and the project does what its
// README says. One step follows the other. Needs `npm run build`.

const projectFolder = join(import.meta.dirname, '..', '..');

let folder: string;
let project: string;
let tarball: string;

interface Result {
  readonly out: string;
  readonly err: string;
}

/** Runs a command to its end, which must be a good one. */
function run(cwd: string, command: string, ...args: readonly string[]): Result {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '', NODE_ENV: '', npm_config_loglevel: 'error', NODE_TEST_CONTEXT: undefined },
  });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${error?.message ?? ''}\n${stdout}\n${stderr}`);
  return { out: stdout, err: stderr };
}

interface Greeted {
  readonly type: string;
  readonly data: { readonly name: string; readonly visits: number };
}
const greetings = (lines: string): readonly Greeted[] =>
  lines
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Greeted);

/** Appends an event to the file that the project reads. */
function came(id: string, name: string): void {
  const event = { specversion: '1.0', id, source: '/door', type: 'example.visitor-came', data: { name } };
  appendFileSync(join(project, 'events.jsonl'), `${JSON.stringify(event)}\n`);
}

/** `statefun dev .`, and what it says line by line. */
class DevProcess {
  readonly #child: ChildProcess;
  readonly #out: AsyncIterator<string>;
  readonly #err: AsyncIterator<string>;

  constructor(cwd: string) {
    const child = spawn(process.execPath, [join(cwd, 'node_modules', 'statefun', 'bin', 'statefun.js'), 'dev', '.'], {
      cwd,
      env: { ...process.env, NODE_OPTIONS: '', NODE_ENV: undefined },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    this.#out = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    this.#err = createInterface({ input: child.stderr })[Symbol.asyncIterator]();
  }

  /** Waits for a line on standard error. */
  async says(text: string): Promise<void> {
    const lines: string[] = [];
    for (let line = await this.#err.next(); line.done !== true; line = await this.#err.next()) {
      if (line.value.includes(text)) return;
      lines.push(line.value);
    }
    throw new Error(`it ended without "${text}":\n${lines.join('\n')}`);
  }

  async greets(): Promise<unknown> {
    const line = await this.#out.next();
    return line.done === true ? undefined : JSON.parse(line.value);
  }

  async stop(): Promise<number | null> {
    this.#child.kill('SIGTERM');
    const [code] = (await once(this.#child, 'close')) as [number | null];
    return code;
  }

  kill(): void {
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.#child.kill('SIGKILL');
  }
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'statefun-new-project-'));
  project = join(folder, 'carts');
  const { out } = run(folder, 'npm', 'pack', projectFolder, '--ignore-scripts', '--json', '--pack-destination', folder);
  const [packed] = JSON.parse(out) as readonly [{ readonly filename: string }];
  tarball = join(folder, packed.filename);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a project made by the packed command', () => {
  it('is created from the package alone', () => {
    // The unpacked package with no packages around it but its own dependencies.
    run(folder, 'npm', 'install', '--prefix', join(folder, 'command'), '--prefer-offline', '--no-audit', '--no-fund', tarball);
    const statefun = join(folder, 'command', 'node_modules', '.bin', 'statefun');

    const { out } = run(folder, statefun, 'create', 'carts', '--statefun', tarball);

    expect(out).toContain('Created carts in');
    const manifest = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8')) as { readonly dependencies: object };
    expect(manifest.dependencies).toMatchObject({ statefun: expect.stringMatching(/^file:\.\.\/statefun-.*\.tgz$/) });
    expect(existsSync(join(project, 'dist'))).toBe(false);
  });

  it('installs', () => {
    run(project, 'npm', 'install', '--prefer-offline', '--no-audit', '--no-fund');

    expect(existsSync(join(project, 'node_modules', '.bin', 'statefun'))).toBe(true);
  });

  it('builds, and passes its tests', () => {
    const { out } = run(project, 'npm', 'test', '--silent');

    expect(out).toMatch(/^(?:#|ℹ) pass [1-9]\d*$/m);
    expect(out).toMatch(/^(?:#|ℹ) fail 0$/m);
    expect(existsSync(join(project, 'dist', 'src', 'application.js'))).toBe(true);
  });

  it('runs: handles the events of its file and prints what leaves', () => {
    const { out, err } = run(project, 'npm', 'start', '--silent');

    expect(greetings(out).map(({ type, data }) => [type, data.name, data.visits])).toEqual([
      ['example.visitor-greeted', 'Ada', 1],
      ['example.visitor-greeted', 'Grace', 1],
      ['example.visitor-greeted', 'Ada', 2],
    ]);
    expect(err).toContain('started carts in');
  });

  it('goes on where it stopped when it runs again', () => {
    came('4', 'Ada');

    const { out } = run(project, 'npm', 'start', '--silent');

    expect(greetings(out).map(({ data }) => [data.name, data.visits])).toEqual([['Ada', 3]]);
  });

  it('plays its fixture from the command line', () => {
    const { err } = run(project, join('node_modules', '.bin', 'statefun'), 'play', '.', '--events', 'test/fixtures/visits.jsonl');

    expect(err).toContain('2 events, 2 invocations, 2 egress events, 0 dead letters');
  });

  it('is built and started again by statefun dev when a source changes, and keeps its state', async () => {
    const dev = new DevProcess(project);
    try {
      await dev.says('started carts in');
      came('5', 'Ada');
      expect(await dev.greets()).toMatchObject({ data: { name: 'Ada', visits: 4, text: 'Good to see you again, Ada.' } });

      const source = join(project, 'src', 'functions', 'greeter-function.ts');
      writeFileSync(source, readFileSync(source, 'utf8').replace('Good to see you again', 'Back again'));
      await dev.says('started carts in');
      came('6', 'Ada');

      expect(await dev.greets()).toMatchObject({ data: { name: 'Ada', visits: 5, text: 'Back again, Ada.' } });
      expect(await dev.stop()).toBe(0);
    } finally {
      dev.kill();
    }
  });

  it('warns that its build is stale when a source is newer', () => {
    const source = join(project, 'src', 'functions', 'greeter-function.ts');
    const later = new Date(Date.now() + 60_000);
    utimesSync(source, later, later);

    const { err } = run(project, 'npm', 'start', '--silent');

    expect(err).toContain(`BUILD_STALE: ${join('src', 'functions', 'greeter-function.ts')} was changed after dist/ was built`);
  });
});
