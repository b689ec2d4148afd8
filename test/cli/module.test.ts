import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { main } from '../../src/cli/main.ts';

async function run(...parameters: string[]): Promise<{ code: number; out: string; err: string }> {
  let [out, err] = ['', ''];
  const code = await main(parameters, { out: (text) => void (out += text), err: (text) => void (err += text) });
  return { code, out, err };
}

const entry = fileURLToPath(new URL('../application/fixtures/entries/wired.js', import.meta.url));

describe('statefun module', () => {
  it('prints a document for every component', async () => {
    const { code, out, err } = await run(
      'module',
      entry,
      '--playground',
      '--url',
      'https://f.example.com/statefun',
      '--batch-messages-max',
      '7',
    );
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toBe(`# Written by "statefun module" for wired.
kind: io.statefun.endpoints.v2/http
spec:
  functions: wired/item
  urlPathTemplate: https://f.example.com/statefun
  maxNumBatchRequests: 7
---
kind: io.statefun.endpoints.v2/http
spec:
  functions: wired/router
  urlPathTemplate: https://f.example.com/statefun
  maxNumBatchRequests: 7
---
kind: io.statefun.playground.v1/ingress
spec:
  port: 8090
---
kind: io.statefun.playground.v1/egress
spec:
  port: 8091
  topics:
    - items
    - dead-letters
`);
  });

  it('prints nothing but the reasons for what cannot run on Flink', async () => {
    const { code, out, err } = await run('module', entry);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain('egress "wired/items" (memory of the program) is not one that a cluster can write.');
    expect(err).toContain('ingress "memory" (records fed by the program) is not one that a cluster can read.');
  });

  it('refuses a format and a count that there is not', async () => {
    expect((await run('module', entry, '--format', '2.0')).code).toBe(2);
    expect((await run('module', entry, '--batch-messages-max', '0')).code).toBe(2);
  });
});
