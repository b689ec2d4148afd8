import { describe, expect, it } from '@jest/globals';
import { formatCostReport, growthOf, isFasterThanWork, type MeasuredRow } from '../../benchmarks/cost/report.ts';
import { rows, type Row } from '../../benchmarks/cost/rows.ts';
import { readCostOptions } from '../../benchmarks/cost/run.ts';
import { WorkRecords, zipfRank } from '../../benchmarks/cost/work-records.ts';

const rowNamed = (group: string, name: string): Row => {
  const found = rows.find((row) => row.group === group && row.name === name);
  if (found === undefined) throw new Error(`no row ${group} ${name}`);
  return found;
};

const measured = (row: Row, cpuMs: number): MeasuredRow => ({
  row,
  measurements: [
    { events: 1_000, invocations: 1_000, durationMs: 500, cpuMs, writtenBytes: 2_000, rssBytesMax: 1e8, waitingMax: 0, fillMs: 10 },
  ],
});

describe('npm run bench -- cost', () => {
  it('leaves long rows to --full', () => {
    expect(readCostOptions([]).rows.map(({ name }) => name)).not.toContain('10 M zipf');
    expect(readCostOptions(['--full']).rows.map(({ name }) => name)).toContain('10 M zipf');
  });

  it('measures the chosen groups and rows', () => {
    const { rows: chosen } = readCostOptions(['--only', 'fan-out', '--only', 'state=1 MB']);

    expect(chosen.map(({ group, name }) => `${group} ${name}`)).toEqual(['fan-out 1', 'fan-out 10', 'fan-out 1000', 'state 1 MB']);
  });

  it.each(['nothing', 'state=2 MB'])('throws for a selection that does not exist: %s', (selection) => {
    expect(() => readCostOptions(['--only', selection])).toThrow(selection);
  });

  it('marks a cost that grows faster than the work, and no other', () => {
    const [first, more] = [rowNamed('state', '1 kB'), rowNamed('state', '10 kB')];

    expect(growthOf(measured(more, 50), measured(first, 10))).toEqual({ work: 10, cost: 5 });
    expect(isFasterThanWork({ work: 10, cost: 5 })).toBe(false);
    expect(isFasterThanWork({ work: 10, cost: 13 })).toBe(true);
    // A row with less work may cost what the first one costs.
    expect(isFasterThanWork({ work: 0.5, cost: 1 })).toBe(false);
  });

  it('prints a table for BENCHMARKS.md', () => {
    const machine = {
      date: '2026-11-28',
      node: 'v20.0.0',
      platform: 'linux x64',
      cpu: 'a processor',
      cpuCount: 2,
      load: 0,
      fdatasyncMs: { median: 1, min: 1, max: 1 },
    };
    const [first, more] = [rowNamed('state', '1 kB'), rowNamed('state', '10 kB')];

    const report = formatCostReport(
      { machine, othersShare: 0.5, rounds: 1, rows: [measured(first, 10), measured(more, 150)] },
      'markdown',
    ).split('\n');

    expect(report).toContain('- UNDER LOAD: other processes used 50 % of the processors meanwhile');
    expect(report).toContain('| 1 kB | 2000 | 2000 | 10 | 10 | 0.00 | 100 | 1 / 1 |  |');
    expect(report).toContain('| 10 kB | 2000 | 2000 | 150 | 15 | 0.00 | 100 | 15 / 10 FASTER |  |');
  });

  it('makes records of the size that the row names', () => {
    const [record] = new WorkRecords(rowNamed('event', '100 kB')).take(1);

    expect(record?.data).toHaveLength(100_000);
    expect(JSON.parse(String(record?.data))).toMatchObject({ specversion: '1.0', type: 'bench.work' });
  });

  it('draws ranks as often as their share says', () => {
    const counts = new Map<number, number>();
    const draws = 100_000;
    for (let draw = 0; draw < draws; draw += 1) {
      const rank = zipfRank((draw + 0.5) / draws, 1_000);
      counts.set(rank, (counts.get(rank) ?? 0) + 1);
    }
    // The integral of x^-0.99 over a rank's width, for 1,000 ranks.
    const share = (rank: number): number => ((rank + 2) ** 0.01 - (rank + 1) ** 0.01) / (1_001 ** 0.01 - 1);

    expect(Math.max(...counts.keys())).toBe(999);
    for (const rank of [0, 1, 9, 99]) expect((counts.get(rank) ?? 0) / draws).toBeCloseTo(share(rank), 3);
  });
});
