import { readFileSync } from 'node:fs';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from '@jest/globals';

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const source = read('bin/statefun.js');
const { engines } = JSON.parse(read('package.json')) as { engines: { node: string } };

/** Runs bin/statefun.js as a script, which has no imports at its top, on a process that claims to be another Node. */
function start(version: string): { exitCode: number | undefined; err: string } {
  let err = '';
  const stderr = { write: (text: string) => void (err += text) };
  const on = (): object => ({ on });
  const claimed = { versions: { node: version }, execPath: '/usr/bin/node', argv: [], stderr, on, exitCode: undefined };
  try {
    runInNewContext(source.replace("import('../", "load('../"), { process: claimed, load: () => new Promise(() => undefined) });
  } catch (thrown) {
    throw new Error('bin/statefun.js is no script that an old Node can read', { cause: thrown });
  }
  return { exitCode: claimed.exitCode, err };
}

describe('bin/statefun.js', () => {
  it.each(['20.18.3', '18.20.4', '16.0.0', '8.17.0'])('tells Node %s that it is too old, before it imports anything', (version) => {
    expect(start(version)).toEqual({
      exitCode: 1,
      err: `APPLICATION FAILED TO START

1. NODE_TOO_OLD: statefun needs Node 20.19 or later; this is Node ${version}.
   Where: /usr/bin/node
   Do:    Install a newer Node (nvm install --lts, or https://nodejs.org), then start again.
`,
    });
  });

  it.each(['20.19.0', '22.0.0', '24.11.1', '100.0.0'])('goes on with Node %s', (version) => {
    expect(start(version)).toEqual({ exitCode: undefined, err: '' });
  });

  it('knows the version that the package asks for', () => {
    const [, major, minor] = /^>=(\d+)\.(\d+)/.exec(engines.node) ?? [];
    expect(source).toContain(`[${major}, ${minor}]`);
  });

  it('uses no syntax that came after the first Node with import()', () => {
    const code = source.replaceAll(/^\s*\/[/*].*$/gm, '');
    expect(code).not.toMatch(/\b(?:const|let|async|await)\b|=>|\?\?|\?\.|`/);
  });
});
