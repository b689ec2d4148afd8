import { spawn, spawnSync, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

// The command as it is installed: bin/statefun.js over the built package. Needs `npm run build`.

const command = join(import.meta.dirname, '..', '..', 'bin', 'statefun.js');
const packageUrl = new URL('../../dist/index.js', import.meta.url).href;
const eventsCount = 50;

/** Logs, prints and egresses for every event. */
const application = (egress: string): string => `
import { defineApplication, fileEgress, fileIngress, Forwarder, Handles, StatefunFunction, stdoutEgress } from '${packageUrl}';
class Talker {
  on(event, context) {
    context.logger.info('to standard error');
    process.stderr.write('raw\\n');
    process.stdout.write('to standard output\\n');
    console.log('and by the console');
    context.egress('test/out', { type: 'a.b', source: '/test', data: event.data });
  }
}
Handles('a.b')(Talker.prototype, 'on', Object.getOwnPropertyDescriptor(Talker.prototype, 'on'));
StatefunFunction('test/talker')(Talker);
class All { forward(event, downstream) { downstream.send('test/talker', event.id, event); } }
Forwarder('a.b')(All);
export default defineApplication({
  functions: [Talker], forwarders: [All], ingress: [fileIngress({ path: 'events.jsonl' })], egress: [${egress}],
});
`;

let folder: string;
let child: ChildProcessByStdio<null, Readable, Readable> | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'statefun-lost-'));
  mkdirSync(join(folder, 'dist'));
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'talk', type: 'module', main: 'dist/application.js' }));
  const event = (id: number): string => JSON.stringify({ specversion: '1.0', id: String(id), source: '/test', type: 'a.b', data: { id } });
  writeFileSync(join(folder, 'events.jsonl'), Array.from({ length: eventsCount }, (_, id) => `${event(id)}\n`).join(''));
});

afterEach(() => {
  child?.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

function start(egress: string, parameters: readonly string[] = []): ChildProcessByStdio<null, Readable, Readable> {
  writeFileSync(join(folder, 'dist', 'application.js'), application(egress));
  const env = { ...process.env, NODE_OPTIONS: '', NODE_ENV: 'production', STATEFUN_PROFILE: '' };
  return (child = spawn(process.execPath, [command, 'run', '.', '--until-finished', ...parameters], {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  }));
}

describe('a standard stream that nobody reads any more', () => {
  it.each<[string, ('stdout' | 'stderr')[]]>([
    ['standard error', ['stderr']],
    ['standard output', ['stdout']],
    ['both', ['stdout', 'stderr']],
  ])(
    'does not end an application: %s',
    async (_which, gone) => {
      const started = start("fileEgress('test/out', { path: 'out.jsonl' })");
      for (const name of ['stdout', 'stderr'] as const) {
        if (gone.includes(name)) started[name].destroy();
        else started[name].resume();
      }
      expect(await once(started, 'close')).toEqual([0, null]);
      expect(readFileSync(join(folder, 'out.jsonl'), 'utf8').trim().split('\n')).toHaveLength(eventsCount);
    },
    60_000,
  );

  it('is waited for by an egress that writes to it, until the application is stopped in order', async () => {
    const started = start("stdoutEgress('test/out')", ['--set', 'stop.deadline=100ms']);
    started.stdout.destroy();
    let err = '';
    let asked = false;
    for await (const chunk of started.stderr) {
      err += String(chunk);
      // Once: a second one would not wait.
      if (!asked && err.includes('EGRESS_OUTPUT_CLOSED')) asked = started.kill('SIGTERM');
    }
    expect(started.exitCode ?? (await once(started, 'exit'))[0]).toBe(0);
    expect(err).not.toContain('Unhandled');
  }, 60_000);

  const onAFullDisk = existsSync('/dev/full') ? it : it.skip;
  onAFullDisk('makes a command fail whose output a full disk does not take', () => {
    const { status, stderr } = spawnSync('bash', ['-c', `${process.execPath} ${command} --help > /dev/full`], { encoding: 'utf8' });
    expect(status).toBe(1);
    expect(stderr).toMatch(/^standard output takes no more: ENOSPC.*\n$/);
    // Its reason has nowhere to go then, and the command still ends as it would.
    expect(spawnSync('bash', ['-c', `${process.execPath} ${command} run > /dev/full 2>&1`]).status).toBe(2);
  });
});
