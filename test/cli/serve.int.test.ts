import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

// The command as it is installed: bin/statefun.js over the built package. Needs `npm run build`.

const projectFolder = join(import.meta.dirname, '..', '..');
const tlsFile = (name: string): string => join(projectFolder, 'test', 'resources', 'tls', name);
const shoppingCart = join(projectFolder, 'examples', 'shopping-cart');

let children: ChildProcess[];
let folder: string;

beforeEach(() => {
  children = [];
  folder = mkdtempSync(join(tmpdir(), 'statefun-serve-'));
});

afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

function serve(...parameters: string[]): { child: ChildProcess; lines: () => string; said: (pattern: RegExp) => Promise<RegExpExecArray> } {
  const child = spawn(process.execPath, [join(projectFolder, 'bin', 'statefun.js'), 'serve', ...parameters], {
    env: { ...process.env, NODE_OPTIONS: '', STATEFUN_PROFILE: '' },
  });
  children.push(child);
  let text = '';
  const said = (pattern: RegExp): Promise<RegExpExecArray> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const match = pattern.exec(text);
        if (match !== null) resolve(match);
      };
      child.stderr?.on('data', look);
      child.once('exit', (code) => reject(new Error(`it exited with ${code}: ${text}`)));
      look();
    });
  child.stderr?.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return { child, lines: () => text, said };
}

describe('statefun serve', () => {
  it('serves the shopping cart, says what and where, and stops at SIGTERM', async () => {
    const { child, lines, said } = serve(shoppingCart, '--port', '0');
    const [, types, url] = await said(/serving (.*) at (http:\/\/127\.0\.0\.1:\d+\/statefun)/);
    expect(types).toBe('example/cart, example/product, shopping-cart/router');
    const response = await fetch(String(url), { method: 'POST', body: Buffer.from('no request') });
    expect(response.status).toBe(400);
    child.kill('SIGTERM');
    const [code] = (await once(child, 'close')) as [number | null];
    expect({ code, text: lines() }).toEqual({ code: 0, text: expect.stringMatching(/SIGTERM: stopping[^]*"stopped"/) });
  });

  it.each([
    ['--client-ca needs HTTPS', ['--client-ca', tlsFile('ca.crt')]],
    ['HTTPS needs both', ['--tls-cert', tlsFile('server.crt'), '--client-ca', tlsFile('ca.crt')]],
    [
      'no certificate of an authority',
      ['--client-ca', '/dev/null', '--tls-cert', tlsFile('server.crt'), '--tls-key', tlsFile('server.key')],
    ],
    [
      'the file of --client-ca cannot be read',
      ['--client-ca', '/none', '--tls-cert', tlsFile('server.crt'), '--tls-key', tlsFile('server.key')],
    ],
  ])('refuses clients that cannot be checked, and serves nobody: %s', async (said, parameters) => {
    const { child, lines } = serve(shoppingCart, '--port', '0', ...parameters);
    const [code] = (await once(child, 'close')) as [number | null];
    expect(code).toBe(1);
    expect(lines()).toContain(said);
    expect(lines()).not.toContain('serving');
  });

  it('refuses what cannot run on Flink, and says why', async () => {
    const file = join(folder, 'application.js');
    const packageUrl = new URL('../../dist/index.js', import.meta.url).href;
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'stopping', type: 'module', main: 'application.js' }));
    writeFileSync(
      file,
      `import { defineApplication, Handles, StatefunFunction } from '${packageUrl}';
import { memoryIngress } from '${packageUrl.replace('index.js', 'connectors.js')}';
class Stopping { on() {} }
Handles()(Stopping.prototype, 'on', Object.getOwnPropertyDescriptor(Stopping.prototype, 'on'));
StatefunFunction('test/stopping', { onFailure: 'stop' })(Stopping);
export default defineApplication({ functions: [Stopping], ingress: [memoryIngress()] });`,
    );
    const { child, lines } = serve(folder, '--port', '0');
    const [code] = (await once(child, 'exit')) as [number | null];
    expect(code).toBe(1);
    expect(lines()).toContain('function "test/stopping" has onFailure "stop"');
  });
});
