import { describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CartEvents } from '../../benchmarks/cart-events.ts';
import { EventFile, writeEventFile } from '../../benchmarks/peers/event-file.ts';
import type { PeerMeasurement } from '../../benchmarks/peers/peer.ts';
import { formatPeersReport, isSame, type PeersReport } from '../../benchmarks/peers/report.ts';
import { readPeersOptions } from '../../benchmarks/peers/run.ts';

const one = (given: Partial<PeerMeasurement> = {}): PeerMeasurement => ({
  events: 1_000,
  durationMs: 100,
  cpuMs: 50,
  egressRecords: 2_750,
  stateDigest: 'abc',
  rssBytesMax: 1e8,
  ...given,
});

const report = (given: Partial<PeersReport> = {}): PeersReport => ({
  machine: {
    date: '2026-11-28',
    node: 'v20.0.0',
    platform: 'linux x64',
    cpu: 'a processor',
    cpuCount: 2,
    load: 0,
    fdatasyncMs: { median: 1, min: 1, max: 1 },
  },
  othersShare: undefined,
  isOneCore: false,
  peers: {
    ours: { title: 'this engine', version: 'Node v20.0.0', isSmall: false },
    'flink-rocksdb': { title: 'RocksDB', version: 'StateFun 3.3.0', isSmall: false },
    restate: { title: 'Restate', version: '1.7.12', isSmall: true },
  },
  rounds: [
    { ours: one(), 'flink-rocksdb': one({ durationMs: 250, cpuMs: 100 }), restate: one({ durationMs: 4_000, stateDigest: 'few' }) },
    { ours: one({ durationMs: 200 }), 'flink-rocksdb': one({ durationMs: 420 }), restate: one({ durationMs: 4_000, stateDigest: 'few' }) },
  ],
  smallDigest: 'few',
  ...given,
});

describe('npm run bench -- peers', () => {
  it('measures all peers shortly, or longer and with latency', () => {
    expect(readPeersOptions([])).toMatchObject({ rounds: 3, count: 100_000, latencySeconds: 0, isOneCore: false });
    expect(readPeersOptions(['--full'])).toMatchObject({ rounds: 5, count: 300_000, latencySeconds: 10 });
  });

  it('measures the chosen peers, in the order of the report', () => {
    expect(readPeersOptions(['--only', 'restate', '--only', 'ours']).names).toEqual(['ours', 'restate']);
    expect(() => readPeersOptions(['--only', 'spark'])).toThrow('there is no peer "spark"');
  });

  it('makes ratios within a round, and sets goals beside them', () => {
    const lines = formatPeersReport(report(), 'markdown').split('\n');

    // 250 / 100 and 420 / 200 ms; 50 / 100 and 50 / 50 ms of processor time.
    expect(lines).toContain('| flink-rocksdb | 2.30 (2.10-2.50) | ≥ 2 reached | 0.75 (0.50-1) |');
    expect(lines).toContain('| restate | 30 (20-40) |  | 1 |');
    expect(lines).toContain('- RocksDB: StateFun 3.3.0');
  });

  it('shows latency only where it was measured', () => {
    const latency = { samples: 10, p50Ms: 2, p99Ms: 20, maxMs: 30 };
    const measured = report({
      rounds: [{ ours: one({ latency }), 'flink-rocksdb': one({ latency, visible: { ...latency, p50Ms: 5_000 } }) }],
    });

    expect(formatPeersReport(report(), 'text')).not.toContain('p50, ms');
    expect(formatPeersReport(measured, 'markdown')).toContain('| RocksDB | 10.0k | 50 | 100 | 2 | 20 | 5000 | 20 |');
  });

  it('says that peers differ when carts or records do', () => {
    const [first, second] = report().rounds;

    expect(isSame(report())).toBe(true);
    expect(isSame(report({ rounds: [{ ...first, ours: one({ stateDigest: 'abd' }) }] }))).toBe(false);
    expect(isSame(report({ rounds: [{ ...second, 'flink-rocksdb': one({ egressRecords: 1 }) }] }))).toBe(false);
    expect(isSame(report({ smallDigest: 'other' }))).toBe(false);
    // Restate has several partitions: only its carts count.
    expect(isSame(report({ rounds: [{ ...first, restate: one({ stateDigest: 'few', egressRecords: 1 }) }] }))).toBe(true);
    expect(formatPeersReport(report({ smallDigest: 'other' }), 'text')).toContain('THE RUNS DIFFER');
  });

  it('writes the events of the cart to a file that reads back as they were', () => {
    const folder = mkdtempSync(join(tmpdir(), 'statefun-peers-'));
    try {
      const path = join(folder, 'events');
      const source = new CartEvents({ carts: 10, products: 10 });
      const events = [...source.preload(), ...source.take(25)];

      expect(writeEventFile(path, { keys: 10, count: 25 })).toBe(60);
      const file = new EventFile(path);

      expect(file.count).toBe(85);
      expect(file.slice(0, 85).map(({ key, data }) => [key, data.toString()])).toEqual(
        events.map(({ key, data }) => [key, data.toString()]),
      );
      expect(file.cartIds(60)).toEqual([...source.cartIds].sort());
      expect(() => file.event(85)).toThrow('no event 85');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
