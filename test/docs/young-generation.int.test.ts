import { describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

// What docs/operations.md says about the young generation is what V8 does.

const page = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8');

/** Makes garbage, some of which stays for a while, and reports the largest size of the two semi-spaces together, in MB. */
const measure = `
const { getHeapSpaceStatistics } = require('node:v8');
let size = 0;
for (let round = 0; round < 400; round += 1) {
  const kept = Array.from({ length: 20_000 }, (_, index) => ({ index, list: [index], text: 'x' + index }));
  size = Math.max(size, getHeapSpaceStatistics().find((space) => space.space_name === 'new_space').space_size + 0 * kept.length);
}
report(size / 2 ** 20);
`;

function sizeWith(parameters: readonly string[]): number {
  const program = `const report = (size) => console.log(size);${measure}`;
  const { stdout } = spawnSync(process.execPath, [...parameters, '--eval', program], {
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  return Number(stdout);
}

describe('the young generation', () => {
  it('is larger with the parameter that the unit, the image and the page give', () => {
    const given = [...page.matchAll(/--max-semi-space-size=(\d+)/g)].map(([, size]) => Number(size));

    expect(given).toEqual([32, 32, 32, 32]);
    // Node 24 has more by itself.
    expect(sizeWith([])).toBe(2 * (Number(process.versions.node.split('.')[0]) < 24 ? 16 : 64));
    expect(sizeWith(['--max-semi-space-size=32'])).toBe(2 * 32);
  });

  it('is as large in a thread with the limit that the page gives', async () => {
    const limit = Number(/maxYoungGenerationSizeMb: (\d+)/.exec(page)?.[1]);
    const worker = new Worker(
      `const { parentPort } = require('node:worker_threads');const report = (size) => parentPort.postMessage(size);${measure}`,
      {
        eval: true,
        execArgv: [],
        resourceLimits: { maxYoungGenerationSizeMb: limit },
      },
    );

    expect(await once(worker, 'message')).toEqual([2 * 32]);
  });
});
