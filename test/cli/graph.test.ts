import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { main } from '../../src/cli/main.ts';

async function run(...parameters: string[]): Promise<{ code: number; out: string; err: string }> {
  let [out, err] = ['', ''];
  const code = await main(parameters, { out: (text) => void (out += text), err: (text) => void (err += text) });
  return { code, out, err };
}

const entry = (name: string): string => fileURLToPath(new URL(`../application/fixtures/entries/${name}`, import.meta.url));

describe('statefun graph', () => {
  it('prints the wiring as text, and what is left out and why', async () => {
    const { code, out, err } = await run('graph', entry('wired.js'));

    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out.split('\n')).toEqual([
      'wired',
      'ingress     memory       records fed by the program',
      'forwarders  ItemEvents   item.changed, handled by wired/item',
      'functions   wired/item   ItemFunction; handles item.changed; keeps no state',
      'egress      wired/items  memory of the program',
      'left out: function AwsFunction: profile "aws" is not active (active: none)',
      '',
    ]);
  });

  it('prints it as Mermaid', async () => {
    const { code, out } = await run('graph', entry('wired.js'), '--format', 'mermaid');

    expect(code).toBe(0);
    expect(out).toMatch(/^flowchart LR\n {2}subgraph ingress\n/);
    expect(out).toContain('forwarder0 -.-> function0');
  });

  it('prints it as JSON for programs', async () => {
    const { code, out } = await run('graph', entry('wired.js'), '--format', 'json');

    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      application: 'wired',
      forwarders: [{ name: 'ItemEvents', eventTypes: ['item.changed'] }],
      functions: [{ type: 'wired/item', handles: ['item.changed'] }],
      conditions: [{ what: 'function AwsFunction', matched: false }],
    });
  });

  it('ends with 2 for a format there is not, and with 1 for an application with mistakes', async () => {
    expect(await run('graph', entry('wired.js'), '--format', 'svg')).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringContaining('Allowed choices are text, mermaid, json'),
    });
    expect(await run('graph', entry('cart'))).toMatchObject({ code: 1, out: '', err: expect.stringContaining('no function') });
  });
});
