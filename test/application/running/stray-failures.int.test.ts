import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

// `statefun run` over the built package, in a process of its own: what Node tells of unhandled failures is the subject.

const projectFolder = join(import.meta.dirname, '..', '..', '..');
const packageUrl = new URL('../../../dist/index.js', import.meta.url).href;

const fileOut = "fileEgress('test/out', { path: 'out.jsonl' })";

const applicationSource = `
import { defineApplication, fileEgress, fileIngress, Forwarder, Handles, Persisted, PersistedValue, StatefunFunction } from '${packageUrl}';

class Worker {
  done = PersistedValue.of();
  async late() { await null; this.done.set('late'); }
  on(event, context) {
    const { does } = event.data;
    context.egress('test/out', { type: 'handled', data: { does } });
    if (does === 'write') void this.late();
    if (does === 'reject') void Promise.reject(new Error('nobody awaits me'));
    if (does === 'timer') setTimeout(() => { throw new Error('a timer throws'); }, 1);
    if (does === 'socket') void fetch('http://127.0.0.1:1/');
    if (does === 'revoked') { const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); void Promise.reject(proxy); }
    if (does === 'thenable') return { then(resolve) { void Promise.reject(new Error('work begins when it is awaited')); resolve(); } };
    if (does === 'listener') {
      context.signal.addEventListener('abort', () => { throw new Error('a listener throws'); });
      return Promise.reject(new Error('not this time'));
    }
    if (does === 'open') return new Promise(() => setTimeout(() => { throw new Error('while it is open'); }, 1));
  }
}
const method = (target, name) => [target, name, Object.getOwnPropertyDescriptor(target, name)];
Persisted()(Worker.prototype, 'done');
Handles('work')(...method(Worker.prototype, 'on'));
StatefunFunction('test/worker', { retry: { attemptsMax: 2, delay: 1 } })(Worker);

class Work { forward(event, downstream) { downstream.send('test/worker', event.data.does, event); } }
Forwarder('work')(Work);

export default defineApplication({
  functions: [Worker], forwarders: [Work],
  ingress: [fileIngress({ path: 'in.jsonl' })], egress: [EGRESS],
});
`;

interface Outcome {
  readonly exitCode: number | null;
  readonly log: readonly { readonly text: string; readonly address?: string; readonly error?: { readonly code: string; hint: string } }[];
  readonly egress: readonly string[];
}

describe('What handlers leave behind, in a real process', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'statefun-stray-'));
    mkdirSync(join(folder, 'dist'));
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'stray', type: 'module', main: 'dist/application.js' }));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  async function run(does: readonly string[], egressSource = fileOut): Promise<Outcome> {
    writeFileSync(join(folder, 'dist', 'application.js'), applicationSource.replace('EGRESS', egressSource));
    writeFileSync(join(folder, 'out.jsonl'), '');
    const lines = does.map((what, index) =>
      JSON.stringify({ specversion: '1.0', id: String(index), source: '/test', type: 'work', data: { does: what } }),
    );
    writeFileSync(join(folder, 'in.jsonl'), `${lines.join('\n')}\n`);
    const bin = join(projectFolder, 'bin', 'statefun.js');
    const env = { ...process.env, NODE_ENV: 'production', LOG_LEVEL: 'warn' };
    const child = spawn(process.execPath, [bin, 'run', '.', '--until-finished'], { cwd: folder, env, stdio: ['ignore', 'ignore', 'pipe'] });
    const [standardError] = await Promise.all([text(child.stderr), once(child, 'exit')]);
    const json = standardError.split('\n').filter((line) => line.startsWith('{'));
    const log = json.map((line) => JSON.parse(line) as Outcome['log'][number]); // our own lines
    const out = readFileSync(join(folder, 'out.jsonl'), 'utf8').split('\n').filter(Boolean);
    const egress = out.map((line) => (JSON.parse(line) as { data: { does: string } }).data.does);
    return { exitCode: child.exitCode, log, egress };
  }

  it('holds up its own address only: it is logged with address, code and hint, and every other message is handled', async () => {
    const left = ['write', 'reject', 'timer', 'socket', 'revoked', 'thenable'];
    const { exitCode, log, egress } = await run([...left, 'nothing']);
    expect(exitCode).toBe(0);
    expect([...egress].sort()).toEqual([...left, 'nothing'].sort());
    const reported = log.filter(({ error }) => error?.code === 'FAILURE_NOT_AWAITED');
    expect(reported.map(({ address }) => address).sort()).toEqual(left.map((what) => `test/worker/${what}`).sort());
    expect(reported.every(({ error }) => error?.hint.startsWith('Await it'))).toBe(true);
  }, 60_000);

  it('fails the attempt that is still open', async () => {
    const { exitCode, log, egress } = await run(['open', 'nothing']);
    expect(exitCode).toBe(0);
    expect(egress).toEqual(['nothing']);
    expect(log.filter(({ text: what }) => what === 'attempt failed')).toHaveLength(2);
    expect(log.find(({ text: what }) => what === 'dead letter')).toMatchObject({
      code: 'FAILURE_NOT_AWAITED',
      address: 'test/worker/open',
    });
  }, 60_000);

  it('takes what listeners of the signal throw, when an attempt has failed, for the attempt', async () => {
    const { exitCode, log, egress } = await run(['listener', 'nothing']);
    expect(exitCode).toBe(0);
    expect(egress).toEqual(['nothing']);
    expect(log.filter(({ error }) => error?.code === 'FAILURE_NOT_AWAITED').map(({ address }) => address)).toEqual([
      'test/worker/listener',
      'test/worker/listener',
    ]);
  }, 60_000);

  it('stops in order, and says so, for what no handler has caused', async () => {
    const egress = `{
      id: 'test/out', description: 'leaves a promise', start: () => Promise.resolve(), stop: () => Promise.resolve(),
      send: () => { void Promise.reject(new Error('of an egress')); return new Promise(() => undefined); },
    }`;
    const { exitCode, log } = await run(['nothing'], egress);
    expect(exitCode).toBe(1);
    const stop = log.find(({ text: what }) => what === 'the engine stops');
    expect(stop?.error).toMatchObject({ code: 'FAILURE_WITHOUT_ATTEMPT', cause: { message: 'of an egress' } });
  }, 60_000);
});
