import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { text } from 'node:stream/consumers';

// The one command of every greeter that is served to the engine. Each runs in a copy of its folder, with no state and with ports that are
// free. Needs `npm run build`; those in other languages need their tools, and say so where these are missing.

const projectFolder = join(import.meta.dirname, '..', '..');

let folder: string;
let child: ChildProcess | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'statefun-greeters-'));
  child = undefined;
  for (const shared of ['bin', 'node_modules', 'scripts']) symlinkSync(join(projectFolder, shared), join(folder, shared));
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, workspaces: ['examples/*'] }));
});

afterEach(() => {
  // With everything it has started, should it still be there.
  if (child?.pid !== undefined && child.exitCode === null && child.signalCode === null) process.kill(-child.pid, 'SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

/** Copies an example as it is in a fresh clone, or built, and gives it other ports. */
async function copyExample(name: string, ports: readonly number[]): Promise<void> {
  const copy = join(folder, 'examples', name);
  const leftOut = ['.statefun', '.venv', 'build', 'node_modules'];
  cpSync(join(projectFolder, 'examples', name), copy, { recursive: true, filter: (path) => !leftOut.includes(basename(path)) });
  const free = await freePorts(ports.length);
  const files = readdirSync(copy, { recursive: true, encoding: 'utf8' }).filter((path) => /\.(?:yaml|m?js|py|go)$/.test(path));
  for (const path of files) {
    let source = readFileSync(join(copy, path), 'utf8');
    for (const [index, port] of ports.entries()) source = source.replaceAll(new RegExp(`\\b${port}\\b`, 'g'), String(free[index]));
    writeFileSync(join(copy, path), source);
  }
}

async function freePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => (server.address() as AddressInfo).port); // Safe: they listen on ports.
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports;
}

/** What a command prints to standard output until it ends, which must be well. */
async function run(command: string, ...parameters: readonly string[]): Promise<string> {
  child = spawn(command, parameters, {
    cwd: folder,
    env: { ...process.env, NODE_OPTIONS: '', STATEFUN_PROFILE: '' },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const { stdout, stderr } = child;
  if (stdout === null || stderr === null) throw new Error('both are pipes');
  const [out, errors, closed] = await Promise.all([text(stdout), text(stderr), once(child, 'close')]);
  const [code] = closed as [number | null];
  if (code !== 0) throw new Error(`${command} ${parameters.join(' ')} ended with ${code}:\n${out}\n${errors}`);
  return out;
}

describe('the greeter served with statefun/serving', () => {
  it('greets with its one command', async () => {
    await copyExample('greeter-functions', [8010, 8092, 8093]);

    const out = await run('npm', 'start', '--silent', '--workspace', 'examples/greeter-functions');

    expect(out.split('\n')).toEqual([
      'demo/greeter: Hey Ada! Login 1 of this session.',
      'demo/greeter: Hey Bob! Login 1 of this session.',
      'demo/greeter: Hey Ada! Login 2 of this session.',
      'demo/greeter-object: Hey Ada! Login 1 of this session.',
      '',
    ]);
  });
});

describe.each([
  { name: 'greeter-python', ports: [8000, 8090, 8091], installs: ['Installing the StateFun SDK for Python into .venv …'] },
  { name: 'greeter-go', ports: [8020, 8094, 8095], installs: [] },
])('examples/$name', ({ name, ports, installs }) => {
  it('greets with its one command, or says what is missing', async () => {
    await copyExample(name, ports);

    const out = await run(process.execPath, `examples/${name}/run.mjs`);

    const skipped = /^skipped: .+$/m.exec(out)?.[0];
    if (skipped !== undefined) {
      process.stdout.write(`${skipped} (examples/${name})\n`);
      return;
    }
    expect(out.split('\n')).toEqual([
      ...installs,
      'Hey Ada! Login 1 of this session.',
      'Hey Bob! Login 1 of this session.',
      'Hey Ada! Login 2 of this session.',
      '',
    ]);
  });
});
