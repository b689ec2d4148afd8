import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { modes, type Measurement, type Mode } from '../../benchmarks/measurement.ts';
import { findNode } from '../../benchmarks/node-executable.ts';
import { regionOf, replaceRegion } from '../../benchmarks/output.ts';
import { ticksIn } from '../../benchmarks/others-share.ts';
import { formatProfile } from '../../benchmarks/profile-run.ts';
import { framesOf, partsOf } from '../../benchmarks/profile.ts';
import { formatRange, formatTable } from '../../benchmarks/range.ts';
import { formatReport, reportOf, type Round } from '../../benchmarks/report.ts';

const machine = (node: string) => ({
  date: '2026-11-28',
  node,
  platform: 'linux x64',
  cpu: 'a processor',
  cpuCount: 2,
  load: 0,
  fdatasyncMs: { median: 1, min: 1, max: 1 },
});

const round = (given: Partial<Record<Mode, Partial<Measurement>>>): Round => {
  const of = (mode: Mode): Measurement => ({
    mode,
    events: 1_000,
    eventBytes: 445,
    durationMs: 100,
    cpuMs: 100,
    egressRecords: 2_750,
    egressBytes: 2_640_000,
    stateDigest: 'abc',
    rssBytesMax: 1e8,
    allocatedBytesPerEvent: 18_000,
    ...given[mode],
  });
  return Object.fromEntries(modes.map((mode) => [mode, of(mode)])) as unknown as Round;
};

describe('the report of the shopping cart', () => {
  it('sets every goal beside what was measured', () => {
    const { goals } = reportOf(machine('v20.1.0'), undefined, [round({ 'bare-loop': { durationMs: 60, cpuMs: 60 } })]);

    expect(goals.map(({ name, isReached }) => `${name}: ${isReached ? 'reached' : 'not reached'}`)).toEqual([
      'durable ÷ bare loop, events/s: not reached',
      'processor time an event ÷ that of the bare loop: reached',
      'durable ÷ not durable, events/s: reached',
      'egress made anew ÷ bare loop, events/s: reached',
      'half evicted ÷ bare loop, events/s: reached',
      'allocation an event, KB: reached',
      // No latency was measured.
      'latency at rest, p50 ms: not reached',
      'latency at half load, p99 ms: not reached',
      'latency at half load, longest ms: not reached',
    ]);
  });

  it('has a lower goal for the bare loop of newer versions of Node', () => {
    const of = (node: string) => reportOf(machine(node), undefined, [round({})]).goals[0]?.min;

    expect([of('v20.19.0'), of('v22.1.0'), of('v24.1.0')]).toEqual([0.7, 0.45, 0.45]);
  });

  it.each([{ stateDigest: 'abd' }, { egressRecords: 1 }, { egressBytes: 1 }])('says that runs differ: %j', (difference) => {
    const report = reportOf(machine('v20.1.0'), undefined, [round({}), round({ 'durable-evicted': difference })]);

    expect(report.sameResults).toBe(false);
    expect(formatReport(report, 'text')).toContain('THE RUNS DIFFER');
  });
});

describe('the tables of the benchmarks', () => {
  it('are aligned, or in the form of BENCHMARKS.md', () => {
    const rows = [
      ['', 'a'],
      ['long', '1'],
    ];

    expect(formatTable(rows, 'text')).toEqual(['      a', 'long  1']);
    expect(formatTable(rows, 'markdown')).toEqual(['|  | a |', '|---|---|', '| long | 1 |']);
  });

  it('show a range only where there is one', () => {
    expect(formatRange({ median: 2, min: 1, max: 3 }, String)).toBe('2 (1-3)');
    expect(formatRange({ median: 2, min: 2, max: 2 }, String)).toBe('2');
  });
});

describe('BENCHMARKS.md', () => {
  const document = 'before\n<!-- results: a -->\n\nold\n\n<!-- end -->\nbetween\n<!-- results: b -->\nold\n<!-- end -->\nafter\n';

  it('receives results in the region of their name, and only there', () => {
    const expected = 'before\n<!-- results: a -->\n\nold\n\n<!-- end -->\nbetween\n<!-- results: b -->\n\nfigures\n\n<!-- end -->\nafter\n';

    expect(replaceRegion(document, 'b', 'figures')).toBe(expected);
    expect(() => replaceRegion(document, 'c', 'figures')).toThrow('no region "c"');
  });

  it('has regions for the results of every benchmark', () => {
    const text = readFileSync(new URL('../../benchmarks/BENCHMARKS.md', import.meta.url), 'utf8');
    const versions = ['v20.19.0', 'v22.23.3', 'v24.9.0'].map((version) => regionOf('cart', version));

    for (const region of [...versions, 'peers', 'peers on one processor', 'cost', 'store', 'start', 'breakdown']) {
      expect(replaceRegion(text, region, '')).not.toBe(text);
    }
  });
});

describe('the share of other processes', () => {
  it('is read from what the kernel counts', () => {
    const ticks = ticksIn('cpu  100 10 50 800 40 1 2 7 0 0\ncpu0 …', '12 (a (b) c) S 1 1 1 0 -1 0 0 0 0 0 30 5 3 2 20 0');

    expect(ticks).toEqual({ busy: 163, all: 1_010, own: 40 });
  });
});

describe('a CPU profile', () => {
  it('is divided into rooms of the framework, packages and others, without the time in which the thread waited', () => {
    const node = (id: number, functionName: string, url: string) => ({
      id,
      callFrame: { functionName, url, lineNumber: 9, columnNumber: 0 },
    });
    const profile = {
      nodes: [
        node(1, 'step', 'file:///p/dist/engine/partition/partition.js'),
        node(2, 'parse', 'file:///p/node_modules/zod/v4/core/parse.js'),
        node(3, 'onProduct', 'file:///p/examples/shopping-cart/dist/functions/product-function.js'),
        node(4, '(idle)', ''),
        node(5, '(garbage collector)', ''),
        node(6, 'step', 'file:///p/dist/engine/partition/partition.js'),
        node(7, 'dispatch', ''),
      ],
      samples: [1, 2, 3, 4, 5, 6, 7],
      timeDeltas: [1_000, 2_000, 3_000, 90_000, 4_000, 5_000, 50_000],
    };
    const frames = framesOf(profile);

    expect(frames[0]).toEqual({ name: 'step:10', part: 'engine/partition', selfMs: 6 });
    expect(partsOf(frames)).toEqual([
      { part: 'engine/partition', selfMs: 6 },
      { part: 'V8', selfMs: 4 },
      { part: 'example shopping-cart', selfMs: 3 },
      { part: 'zod', selfMs: 2 },
    ]);

    // The thread had the processor for half of the time; 4 of 11.5 ms were those of other threads.
    const work = { date: '2026-11-28', node: 'v20.0.0', events: 1_000, cpuMs: 11.5, threadCpuMs: 7.5 };
    const text = formatProfile({ title: 'durable', profile: { ...profile, work }, top: 1 }, 'text').split('\n');

    expect(text[0]).toBe('durable, 2026-11-28, Node v20.0.0: 11.5 µs an event');
    expect(text).toContain('26.1 %  3.00 µs  engine/partition');
    expect(text).toContain('34.8 %  4.00 µs  other threads');
  });

  it('names the sources of bundled functions', () => {
    const callFrame = { functionName: 'step', url: 'file:///p/dist/chunks/engine.js', lineNumber: 4, columnNumber: 2 };
    const frames = framesOf({ nodes: [{ id: 1, callFrame }], samples: [1], timeDeltas: [1_000] }, ({ columnNumber }) => ({
      path: '../../src/engine/partition/partition.ts',
      line: 100 + columnNumber,
    }));

    expect(frames).toEqual([{ name: 'step:102', part: 'engine/partition', selfMs: 1 }]);
  });
});

describe('--node', () => {
  it('is the running Node by default and by its major version', () => {
    const running = { path: process.execPath, version: process.version };

    expect(findNode(undefined)).toEqual(running);
    expect(findNode(process.versions.node.split('.')[0])).toEqual(running);
    expect(findNode(process.execPath)).toEqual(running);
  });

  it('refuses a version that cannot be installed', () => {
    expect(() => findNode('18')).toThrow('not "18"');
  });
});
