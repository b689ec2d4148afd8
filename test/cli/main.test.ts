import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { main } from '../../src/cli/main.ts';

async function run(...parameters: string[]): Promise<{ code: number; out: string; err: string }> {
  let [out, err] = ['', ''];
  const code = await main(parameters, { out: (text) => void (out += text), err: (text) => void (err += text) });
  return { code, out, err };
}

const entry = (name: string): string => fileURLToPath(new URL(`../application/fixtures/entries/${name}`, import.meta.url));

describe('the command line', () => {
  it('prints help to standard output and succeeds', async () => {
    const { code, out, err } = await run('--help');

    expect(code).toBe(0);
    expect(out).toMatch(/Usage: statefun/);
    expect(out).toMatch(/^ {2}run /m);
    expect(err).toBe('');
  });

  it('prints the version of the package', async () => {
    expect(await run('--version')).toEqual({ code: 0, out: expect.stringMatching(/^\d+\.\d+\.\d+\S*\n$/), err: '' });
  });

  it.each([
    ['an unknown command', ['fly'], 'fly'],
    ['an unknown option', ['run', 'x', '--fast'], "unknown option '--fast'"],
    ['a missing argument', ['run'], "missing required argument 'app'"],
    ['no command', [], 'Usage: statefun'],
  ])('ends with 2 and says what is wrong for %s', async (_, parameters, text) => {
    const { code, out, err } = await run(...parameters);

    expect(code).toBe(2);
    expect(out).toBe('');
    expect(err).toContain(text);
  });

  it('ends with 1 and prints what is wrong and what to do, no stack', async () => {
    const { code, out, err } = await run('run', entry('unbuilt'));

    expect(code).toBe(1);
    expect(out).toBe('');
    expect(err).toMatch(
      /^APPLICATION FAILED TO START\n\n1\. APPLICATION_ENTRY_MISSING: there is no file .*dist\/application\.js, which .*package\.json names\.\n(?:.*\n)* {3}Do: {4}Run npm run build/,
    );
    expect(err).not.toContain('    at ');
  });

  it('prints every mistake of an application', async () => {
    const { code, err } = await run('run', entry('cart'));

    expect(code).toBe(1);
    expect(err).toContain('Application "cart" has 1 mistake.\n\n1. APPLICATION_WITHOUT_FUNCTIONS: ');
  });

  it('names the cause of a failure', async () => {
    const { err } = await run('run', entry('failing.js'));

    expect(err).toMatch(/^1\. APPLICATION_ENTRY_FAILED: .*failing\.js could not be imported: no region$/m);
  });
});
