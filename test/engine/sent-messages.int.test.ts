import { execFile } from 'node:child_process';
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from '@jest/globals';

const scriptPath = join(import.meta.dirname, 'scripts', 'send-many.mjs');

/** The old generation and a semi-space, in MiB. */
const heapOptions = ['--max-old-space-size=64', '--max-semi-space-size=2'];

let folder: string;
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'statefun-many-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let orders = 0;

/** Adds an order to what the application reads, and runs it until all is done. */
async function run(count: number): Promise<unknown> {
  const id = String(++orders);
  const event = { specversion: '1.0', id, source: '/test', type: 'many.order', data: { id, count } };
  appendFileSync(join(folder, 'events.jsonl'), `${JSON.stringify(event)}\n`);
  const parameters = [...heapOptions, scriptPath, folder];
  const { stdout } = await promisify(execFile)(process.execPath, parameters, { env: { ...process.env, LOG_LEVEL: 'silent' } });
  return JSON.parse(stdout);
}

it('fails a handler that sends more than its small heap can hold, and goes on, also after the next start', async () => {
  expect(await run(600_000)).toEqual({ codes: ['TOO_MANY_EFFECTS'], invocations: 0 });
  // About as many as the limit lets pass: they fit into the heap, with the commit that holds them.
  expect(await run(10_000)).toEqual({ codes: ['TOO_MANY_EFFECTS'], invocations: 10_001 });
}, 120_000);
