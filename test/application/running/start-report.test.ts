import { describe, expect, it } from '@jest/globals';
import { debugLines, startLine, startReport, type StartFacts } from '../../../src/application/running/start-report.ts';
import { resolve } from 'node:path';

const facts: StartFacts = {
  wiring: {
    application: 'cart',
    ingress: [{ id: 'in', description: 'Kinesis stream in', format: 'envelope' }],
    forwarders: [
      { name: 'CartEvents', eventTypes: ['cart.changed'] },
      { name: 'OddEvents', eventTypes: ['odd'] },
      { name: 'OtherEvents', eventTypes: [] },
    ],
    functions: [
      {
        type: 'shop/cart',
        className: 'CartFunction',
        handles: ['cart.changed'],
        catchAll: true,
        onSubscribe: true,
        state: [{ name: 'items', kind: 'table' }],
      },
      { type: 'shop/log', className: 'LogFunction', handles: ['cart.changed'], catchAll: false, onSubscribe: false, state: [] },
    ],
    remote: [],
    egress: [],
  },
  report: {
    found: [],
    skipped: [
      { file: resolve('dist/a.d.ts'), reason: 'declarations' },
      { file: resolve('dist/b.d.ts'), reason: 'declarations' },
      { file: resolve('dist/prices.js'), reason: 'exports no class' },
    ],
  },
  conditions: [
    { what: 'function AwsFunction', matched: false, reasons: ['profile "aws" is not active (active: local)'] },
    { what: 'provider Rates', matched: true, reasons: ['"rates" is not provided by others'] },
  ],
  profiles: ['local'],
  stateFolder: resolve('.statefun/cart'),
  durationMs: 412,
};

describe('the report of a start', () => {
  it('shows the wiring in the order events pass it, engine and state, and what was left out and why', () => {
    expect(startReport(facts).split('\n')).toEqual([
      'started cart in 0.41 s, profile local',
      '  ingress     in           Kinesis stream in, as envelope',
      '  forwarders  CartEvents   cart.changed, handled by shop/cart, shop/log',
      '              OddEvents    odd, handled by shop/cart',
      '              OtherEvents  what its accept() takes',
      '  functions   shop/cart    CartFunction; handles cart.changed, every other event; keeps items (table); answers subscribers',
      '              shop/log     LogFunction; handles cart.changed; keeps no state',
      '  egress      none',
      '  engine      embedded, every commit is on disk before it counts',
      '  state       in .statefun/cart',
      '  left out    function AwsFunction: profile "aws" is not active (active: local)',
      '  skipped     2 files: declarations',
      '              dist/prices.js: exports no class',
    ]);
  });

  it('is one line in production', () => {
    expect(startLine(facts)).toBe(
      'started cart in 0.41 s: 2 functions: shop/cart, shop/log; 3 forwarders: CartEvents, OddEvents, OtherEvents; ' +
        '1 ingress: in (Kinesis stream in); no egress; embedded engine, state in .statefun/cart, profile local',
    );
  });

  it('counts what would make the line too long', () => {
    const functions = Array.from({ length: 10 }, (_, index) => ({ ...facts.wiring.functions[0], type: `shop/f${index}` }));
    const wiring = { ...facts.wiring, functions: functions as unknown as StartFacts['wiring']['functions'] };

    expect(startLine({ ...facts, wiring })).toContain(
      '10 functions: shop/f0, shop/f1, shop/f2, shop/f3, shop/f4, shop/f5, shop/f6, shop/f7 and 2 more;',
    );
  });

  it('says for debugging why everything takes part or does not', () => {
    expect(debugLines(facts)).toEqual([
      'left out: function AwsFunction: profile "aws" is not active (active: local)',
      'takes part: provider Rates: "rates" is not provided by others',
      'skipped while scanning: dist/a.d.ts: declarations',
      'skipped while scanning: dist/b.d.ts: declarations',
      'skipped while scanning: dist/prices.js: exports no class',
    ]);
  });
});
