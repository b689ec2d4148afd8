import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

// The command as it is installed: bin/statefun.js over the built package. Needs `npm run build`.

const projectFolder = join(import.meta.dirname, '..', '..');
const packageUrl = new URL('../../dist/index.js', import.meta.url).href;
const kinesisUrl = new URL('../../dist/kinesis.js', import.meta.url).href;

/** An application that says when its start has come to it, and goes on when there is a file `go`. */
const application = `
import { existsSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { defineApplication, Handles, StatefunFunction } from '${packageUrl}';
import { memoryIngress } from '${packageUrl.replace('index.js', 'connectors.js')}';
import { kinesisIngress } from '${kinesisUrl}';
class Quiet { on() {} }
Handles('a.b')(Quiet.prototype, 'on', Object.getOwnPropertyDescriptor(Quiet.prototype, 'on'));
StatefunFunction('test/quiet')(Quiet);
process.stderr.write('loading\\n');
while (!existsSync('go')) await setTimeout(5);
// Dead letters on Flink leave for a stream of the application.
const ingress = process.argv.includes('serve') ? kinesisIngress({ stream: 'events' }) : memoryIngress();
export default defineApplication({ functions: [Quiet], ingress: [ingress] });
`;

let folder: string;
let children: ChildProcess[];

beforeEach(() => {
  children = [];
  folder = mkdtempSync(join(tmpdir(), 'statefun-signals-'));
  mkdirSync(join(folder, 'dist'));
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'slow', type: 'module', main: 'dist/application.js' }));
  writeFileSync(join(folder, 'dist', 'application.js'), application);
});

afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

/** Standard input stays open. */
function statefun(...parameters: readonly string[]) {
  const child = spawn(process.execPath, [join(projectFolder, 'bin', 'statefun.js'), ...parameters], {
    cwd: folder,
    env: { ...process.env, NODE_OPTIONS: '', STATEFUN_PROFILE: '', LOG_LEVEL: 'info' },
  });
  children.push(child);
  let text = '';
  child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const said = async (what: string): Promise<void> => {
    while (!text.includes(what))
      await Promise.race([once(child.stderr, 'data'), once(child, 'exit').then(() => Promise.reject(new Error(text)))]);
  };
  const ended = once(child, 'close').then(([code, signal]: unknown[]) => ({ code, signal, text }));
  return { child, said, ended };
}

const commands: [string, string[], number][] = [
  ['run', ['run', '.'], 0],
  ['serve', ['serve', '.', '--port', '0'], 0],
  ['play', ['play', '.', '--events', '-'], 143],
];

describe('a signal while an application starts', () => {
  it.each(commands)('is remembered by %s, which stops once it has started', async (_name, parameters, code) => {
    const { child, said, ended } = statefun(...parameters);
    await said('loading');
    child.kill('SIGTERM');
    writeFileSync(join(folder, 'go'), '');
    const end = await ended;
    expect([end.code, end.signal, end.text.includes('FAILED')]).toEqual([code, null, false]);
    if (code === 0) expect(end.text).toContain('SIGTERM: stopping after the start; once more exits at once');
  });

  it.each(commands)('ends %s at once when it is the second', async (_name, parameters) => {
    const { child, said, ended } = statefun(...parameters);
    await said('loading');
    child.kill('SIGTERM');
    // Two of the same kind that come together are one for the kernel.
    child.kill('SIGINT');
    const { code, signal } = await ended;
    expect([130, 143]).toContain(code);
    expect(signal).toBeNull();
  });

  it('ends a command that is soon over as it ends any process', async () => {
    const { child, said, ended } = statefun('check', '.');
    await said('loading');
    child.kill('SIGTERM');
    expect(await ended).toMatchObject({ signal: 'SIGTERM' });
  });
});

describe('a signal while events are played', () => {
  it('ends the play, although more of them may come', async () => {
    writeFileSync(join(folder, 'go'), '');
    const { child, said, ended } = statefun('play', '.', '--events', '-');
    child.stdin.write('{"type":"test.comment","data":"first"}\n');
    await said('# first');
    child.kill('SIGTERM');
    expect(await ended).toMatchObject({ code: 143, text: expect.stringContaining('0 events') as unknown });
  });
});
