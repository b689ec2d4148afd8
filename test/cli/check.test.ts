import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { relative } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { main } from '../../src/cli/main.ts';

async function check(...parameters: string[]): Promise<{ code: number; out: string; err: string }> {
  let [out, err] = ['', ''];
  const code = await main(['check', ...parameters], { out: (text) => void (out += text), err: (text) => void (err += text) });
  return { code, out, err };
}

const broken = fileURLToPath(new URL('../resources/broken-application', import.meta.url));
const sound = fileURLToPath(new URL('../application/fixtures/sound-application/application.js', import.meta.url));
/** As the text names files: from the working directory. */
const folder = relative('.', broken);

describe('statefun check', () => {
  it('prints every mistake of an application: what is wrong, where, and what to do', async () => {
    const { code, out, err } = await check(broken);

    expect(code).toBe(1);
    expect(out).toBe('');
    // As docs/troubleshooting.md shows it.
    expect(err).toBe(readFileSync(`${broken}.txt`, 'utf8'));
    expect(err.match(/^\d+\. /gm)).toHaveLength(10);
    expect(err).not.toContain('    at ');
  });

  it('prints them as JSON for programs', async () => {
    const { code, out, err } = await check(broken, '--json');

    expect({ code, err }).toEqual({ code: 1, err: '' });
    const result = JSON.parse(out) as { ok: boolean; mistakes: readonly Record<string, unknown>[] };
    expect(result).toMatchObject({ ok: false, application: 'broken' });
    expect(result.mistakes).toHaveLength(10);
    expect(result.mistakes).toContainEqual({
      code: 'DUPLICATE_HANDLER',
      what: 'class PriceFunction handles "example.product" in both onProduct() and onPrice().',
      where: `class PriceFunction in ${folder}/functions/price-function.js`,
      action: 'Keep one of the two methods.',
      causes: [],
    });
  });

  it('reads settings from the command line, and says which have no effect', async () => {
    const { code, err } = await check(sound, '--set', 'kinesis.steam=a');
    expect(code).toBe(1);
    expect(err).toContain('1. CONFIGURATION_KEY_UNKNOWN: there is no setting kinesis.steam (--set kinesis.steam).\n');
    expect((await check(sound, '--set', 'kinesis.stream=a', '--profile', 'production')).out).toContain('  profiles    production\n');
  });

  it('prints stacks when asked', async () => {
    const { err } = await check(broken, '--debug');
    expect(err).toContain('    at ');
  });

  it('says what it checked of an application without mistakes, and touches nothing outside', async () => {
    // Its provider and its ingress throw when they are made or started.
    expect(await check(sound)).toEqual({
      code: 0,
      err: '',
      out: `Application "sound" has no mistakes. Checked:
  profiles    none
  functions   sound/echo
  forwarders  EchoEvents
  ingress     never (must not be started)
  egress      none
`,
    });
  });

  it('says the same as JSON', async () => {
    const { code, out } = await check(sound, '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      ok: true,
      application: 'sound',
      functions: ['sound/echo'],
      forwarders: ['EchoEvents'],
      ingress: ['never (must not be started)'],
      egress: [],
      mistakes: [],
    });
  });

  it('explains an application that is not there, as text and as JSON', async () => {
    const missing = fileURLToPath(new URL('../resources/no-application', import.meta.url));
    expect(await check(missing)).toEqual({
      code: 1,
      out: '',
      err: `APPLICATION CANNOT START

1. APPLICATION_ENTRY_MISSING: there is no file or folder ${missing}.
   Where: ${relative('.', missing)}
   Do:    Run npm run build, and check the path and main in package.json.
`,
    });
    const { code, out } = await check(missing, '--json');
    expect({ code, result: JSON.parse(out) as unknown }).toMatchObject({
      code: 1,
      result: { ok: false, mistakes: [{ code: 'APPLICATION_ENTRY_MISSING' }] },
    });
  });

  it('asks the analyzers of the application', async () => {
    const { err } = await check(fileURLToPath(new URL('../application/fixtures/analyzed-application/application.js', import.meta.url)));
    expect(err).toContain('1. no function yet: the team has not written one.\n   Do:    Ask the team.\n');
  });

  it('ends with 2 without an application', async () => {
    expect(await check()).toMatchObject({ code: 2, out: '' });
  });
});
