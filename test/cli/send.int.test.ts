import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

// The command as it is installed: bin/statefun.js over the built package. Needs `npm run build`.

const commandPath = join(import.meta.dirname, '..', '..', 'bin', 'statefun.js');
const packageUrl = new URL('../../dist/index.js', import.meta.url).href;

const applicationSource = `
import { defineApplication, Forwarder, Handles, Persisted, PersistedValue, StatefunFunction } from '${packageUrl}';
import { memoryIngress } from '${packageUrl.replace('index.js', 'connectors.js')}';
class Total {
  total = PersistedValue.of();
  add(event) { this.total.set((this.total.get() ?? 0) + event.data.amount); }
}
Persisted()(Total.prototype, 'total');
Handles('reading')(Total.prototype, 'add', Object.getOwnPropertyDescriptor(Total.prototype, 'add'));
StatefunFunction('meter/total')(Total);
class Readings {
  forward(event, downstream) { downstream.send('meter/total', event.data.meter, event); }
}
Forwarder('reading')(Readings);
export default defineApplication({ name: 'meters', functions: [Total], forwarders: [Readings], ingress: [memoryIngress()] });
`;

describe('statefun send, to an application in another process', () => {
  let folder: string;
  let children: ChildProcess[];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'statefun-send-'));
    children = [];
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'meters', type: 'module', main: 'application.js' }));
    writeFileSync(join(folder, 'application.js'), applicationSource);
  });
  afterEach(() => {
    for (const child of children) child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });

  function statefun(...parameters: readonly string[]): ChildProcess {
    const child = spawn(process.execPath, [commandPath, ...parameters, '--state-folder', 'state'], {
      cwd: folder,
      env: { ...process.env, NODE_OPTIONS: '', NODE_ENV: 'production' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    children.push(child);
    return child;
  }

  /** Resolves when it has started. */
  function start(): Promise<ChildProcess> {
    const child = statefun('run', '.');
    return new Promise((resolve, reject) => {
      let lines = '';
      child.stderr?.on('data', (text: Buffer) => {
        lines += String(text);
        if (lines.includes('started meters')) resolve(child);
      });
      child.once('close', () => reject(new Error(`it has ended: ${lines}`)));
    });
  }

  async function run(...parameters: readonly string[]): Promise<string> {
    const child = statefun(...parameters);
    let out = '';
    child.stdout?.on('data', (text: Buffer) => (out += String(text)));
    await once(child, 'close');
    return out;
  }

  it('has what the command has acknowledged after a kill -9, and handles it once', async () => {
    const first = await start();
    expect(await run('send', 'reading', '{"meter":"m1","amount":5}', '--id', 'five')).toBe('five\n');
    first.kill('SIGKILL');
    await once(first, 'close');

    const second = await start();
    expect(await run('send', 'reading', '{"meter":"m1","amount":5}', '--id', 'five')).toBe('five was sent before\n');
    expect(await run('send', 'reading', '{"meter":"m1","amount":6}', '--id', 'six')).toBe('six\n');
    second.kill('SIGTERM');
    await once(second, 'close');

    expect(await run('state', 'get', 'meter/total', 'm1')).toContain('total (value)\n    11\n');
  });
});
