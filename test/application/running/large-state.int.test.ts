import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from '@jest/globals';

const scriptPath = join(import.meta.dirname, 'scripts', 'large-state.mjs');

/** The old generation and a semi-space, in MiB: little more than what the framework itself takes. */
const heapOptions = ['--max-old-space-size=32', '--max-semi-space-size=1'];
const addresses = 11_500;
const bytesEach = 32 * 1024;

interface Outcome {
  readonly different: readonly string[];
  readonly deadLettersKept: number;
  readonly addressesLive: number;
  readonly heapLimitBytes: number;
}

let folder: string;
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'statefun-large-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function run(phase: 'fill' | 'touch'): Promise<Outcome> {
  const parameters = [...heapOptions, scriptPath, phase, join(folder, 'state'), String(addresses), String(bytesEach)];
  const { stdout } = await promisify(execFile)(process.execPath, parameters, { env: { ...process.env, LOG_LEVEL: 'warn' } });
  return JSON.parse(stdout) as Outcome; // the script prints it
}

it('keeps, recovers and changes ten times as much state as its heap can hold', async () => {
  const filled = await run('fill');
  expect(addresses * bytesEach).toBeGreaterThan(10 * filled.heapLimitBytes);
  expect(filled).toMatchObject({ deadLettersKept: 0, different: [] });
  expect(filled.addressesLive).toBeLessThan(addresses / 20);

  const touched = await run('touch');
  expect(touched).toMatchObject({ deadLettersKept: 0, different: [] });
});
