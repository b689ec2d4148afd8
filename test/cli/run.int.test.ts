import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

// The command as it is installed: bin/statefun.js over the built package. Needs `npm run build`.

const projectFolder = join(import.meta.dirname, '..', '..');
const packageUrl = new URL('../../dist/index.js', import.meta.url).href;

const functionSource = `
import { Handles, PersistedValue, Persisted, StatefunFunction } from '${packageUrl}';
export class Total {
  total = PersistedValue.of();
  add(event, context) {
    const total = (this.total.get() ?? 0) + event.data.amount;
    this.total.set(total);
    context.egress('meter/totals', { type: 'meter.total', source: '/meter', data: { meter: context.self.id, total } });
  }
}
Persisted()(Total.prototype, 'total');
Handles()(Total.prototype, 'add', Object.getOwnPropertyDescriptor(Total.prototype, 'add'));
StatefunFunction('meter/total')(Total);
`;

const forwarderSource = `
import { Forwarder } from '${packageUrl}';
export class Readings {
  forward(event, downstream) { downstream.send('meter/total', event.data.meter, event); }
}
Forwarder('meter.reading')(Readings);
`;

let folder: string;
let children: ChildProcess[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'statefun-cli-'));
  children = [];
  mkdirSync(join(folder, 'dist', 'functions'), { recursive: true });
  mkdirSync(join(folder, 'dist', 'forwarders'), { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: '@team/meters', type: 'module', main: 'dist/application.js' }));
  writeFileSync(join(folder, 'dist', 'functions', 'total.js'), functionSource);
  writeFileSync(join(folder, 'dist', 'forwarders', 'readings.js'), forwarderSource);
});

afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

function writeApplication(ingressOptions: string): void {
  const source = `
import { defineApplication, fileEgress, fileIngress } from '${packageUrl}';
export default defineApplication({
  scan: [new URL('./functions/', import.meta.url), new URL('./forwarders/', import.meta.url)],
  ingress: [fileIngress({ path: 'events.jsonl', ${ingressOptions} })],
  egress: [fileEgress('meter/totals', { path: 'totals.jsonl' })],
});`;
  writeFileSync(join(folder, 'dist', 'application.js'), source);
}

function writeEvents(...amounts: readonly number[]): void {
  const events = amounts.map((amount, index) => ({
    specversion: '1.0',
    id: String(index),
    source: '/test',
    type: 'meter.reading',
    data: { meter: 'm1', amount },
  }));
  writeFileSync(join(folder, 'events.jsonl'), events.map((event) => `${JSON.stringify(event)}\n`).join(''));
}

function statefun(...parameters: readonly string[]): { child: ChildProcess; err: () => string; ended: Promise<number | null> } {
  const child = spawn(process.execPath, [join(projectFolder, 'bin', 'statefun.js'), ...parameters], {
    cwd: folder,
    env: { ...process.env, NODE_OPTIONS: '', NODE_ENV: 'production' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  let err = '';
  child.stderr?.on('data', (chunk: Buffer) => (err += String(chunk)));
  const ended = once(child, 'close').then(([code]: (number | null)[]) => code ?? null);
  return { child, err: () => err, ended };
}

async function until(condition: () => boolean, failure: () => string): Promise<void> {
  for (const deadline = Date.now() + 20_000; !condition();) {
    if (Date.now() > deadline) throw new Error(`waited in vain: ${failure()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function totals(): readonly unknown[] {
  const path = join(folder, 'totals.jsonl');
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => (JSON.parse(line) as { data: { total: unknown } }).data.total);
}

describe('statefun run', () => {
  it('runs the application of a folder to the end of its files, keeps its state, and exits 0', async () => {
    writeApplication('');
    writeEvents(5, 6);

    const { err, ended } = statefun('run', '.', '--until-finished');

    expect({ code: await ended, err: err() }).toMatchObject({ code: 0, err: expect.stringContaining('started @team/meters in') });
    expect(totals()).toEqual([5, 11]);
    expect(existsSync(join(folder, '.statefun', 'team-meters', 'store.json'))).toBe(true);
  });

  it('goes on where it stopped, in the state folder it is given', async () => {
    writeApplication('');
    writeEvents(5);
    await statefun('run', '.', '--until-finished', '--state-folder', 'kept').ended;
    writeEvents(5, 6);

    expect(await statefun('run', '.', '--until-finished', '--state-folder', 'kept').ended).toBe(0);

    expect(totals()).toEqual([5, 11]);
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('stops gracefully at %s and exits 0, everything committed and sent', async (signal) => {
    writeApplication('follow: true');
    writeEvents(5, 6, 7);
    const { child, err, ended } = statefun('run', join(folder, 'dist', 'application.js'));
    await until(() => totals().length === 3, err);

    child.kill(signal);

    const stopped = new RegExp(`${signal}: stopping[^]*stopped`);
    expect({ code: await ended, err: err() }).toMatchObject({ code: 0, err: expect.stringMatching(stopped) });
  });

  it('exits 1 and lists every mistake of the application', async () => {
    writeFileSync(
      join(folder, 'dist', 'application.js'),
      `import { defineApplication } from '${packageUrl}';
export default defineApplication({ functions: [class Plain {}], scan: [new URL('./absent/', import.meta.url)], ingress: [{}] });`,
    );

    const { err, ended } = statefun('run', '.');

    expect(await ended).toBe(1);
    expect(err()).toMatch(/^APPLICATION FAILED TO START\n\nApplication "@team\/meters" has 3 mistakes\.\n\n1\. /);
    expect(err()).not.toContain('    at ');
  });

  it('exits 1 and says who has the state folder', async () => {
    writeApplication('follow: true');
    writeEvents(1);
    const first = statefun('run', '.');
    await until(() => totals().length === 1, first.err);

    const { err, ended } = statefun('run', '.');

    expect(await ended).toBe(1);
    expect(err()).toContain(`APPLICATION FAILED TO START\n\n1. STATE_FOLDER_LOCKED: `);
    expect(err()).toContain(`Do:    Stop process ${first.child.pid}, or give this one another folder`);
    expect(err()).not.toContain('    at ');
  });

  it('exits 2 for wrong usage', async () => {
    expect(await statefun('run').ended).toBe(2);
  });
});
