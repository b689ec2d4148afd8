import { formatMachine, type Machine } from '../machine.ts';
import { formatNotes, formatNumber, formatRange, formatTable, rangeOf, type Range, type TableFormat } from '../range.ts';
import type { CostMeasurement } from './measurement.ts';
import { groups, groupTitles, type Row } from './rows.ts';

/** All measurements of a row, one a round. */
export interface MeasuredRow {
  readonly row: Row;
  readonly measurements: readonly CostMeasurement[];
}

export interface CostReport {
  readonly machine: Machine;
  readonly othersShare: number | undefined;
  readonly rounds: number;
  readonly rows: readonly MeasuredRow[];
}

/** A cost counts as growing faster than the work when it is this much more than the work alone explains: two equal runs differ by 10 %. */
const toleratedGrowth = 1.25;

const cpuMicrosPerEvent = ({ cpuMs, events }: CostMeasurement): number => (cpuMs * 1_000) / events;

interface Growth {
  readonly work: number;
  readonly cost: number;
}

/** How much more work an event of the row is than one of the first row of its group, and how much more processor time it takes. */
export function growthOf(measured: MeasuredRow, first: MeasuredRow): Growth {
  const cost = (of: MeasuredRow): number => rangeOf(of.measurements.map(cpuMicrosPerEvent)).median;
  return { work: measured.row.work / first.row.work, cost: cost(measured) / cost(first) };
}

export function isFasterThanWork({ work, cost }: Growth): boolean {
  return cost > Math.max(1, work) * toleratedGrowth;
}

const columns: readonly { readonly title: string; readonly of: (one: CostMeasurement, row: Row) => number | undefined }[] = [
  { title: 'events/s', of: ({ events, durationMs }) => (events * 1_000) / durationMs },
  { title: 'invocations/s', of: ({ invocations, durationMs }) => (invocations * 1_000) / durationMs },
  { title: 'µs cpu an event', of: cpuMicrosPerEvent },
  { title: 'µs cpu a unit', of: (one, { work }) => cpuMicrosPerEvent(one) / work },
  { title: 'written an event, KB', of: ({ writtenBytes, events }) => writtenBytes && writtenBytes / events / 1_000 },
  { title: 'RSS, MB', of: ({ rssBytesMax }) => rssBytesMax / 1e6 },
];

export function formatCostReport(report: CostReport, format: TableFormat): string {
  const { machine, othersShare, rounds, rows } = report;
  const measuredGroups = groups.filter((group) => rows.some(({ row }) => row.group === group));
  const notes = [
    `Cost as the work grows: ${rounds === 1 ? 'one round' : `${rounds} rounds, median (min-max)`}`,
    ...formatMachine(machine, othersShare),
  ];
  return [
    ...formatNotes(notes, format),
    ...measuredGroups.flatMap((group) => {
      const { title, unit } = groupTitles[group];
      const ofGroup = rows.filter(({ row }) => row.group === group);
      return [
        '',
        format === 'markdown' ? `**${title}** (unit: ${unit})\n` : `${title} (unit: ${unit})`,
        ...formatTable(tableOf(ofGroup), format),
      ];
    }),
  ].join('\n');
}

function tableOf(rows: readonly MeasuredRow[]): readonly (readonly string[])[] {
  const [first] = rows;
  const cells = rows.map((measured) => {
    const growth = first === undefined ? { work: 1, cost: 1 } : growthOf(measured, first);
    return [
      measured.row.name,
      ...columns.map(({ of }) => formatRange(rangeOfColumn(measured, of), formatNumber)),
      `${formatNumber(growth.cost)} / ${formatNumber(growth.work)}${isFasterThanWork(growth) ? ' FASTER' : ''}`,
      noteOf(measured),
    ];
  });
  return [['', ...columns.map(({ title }) => title), 'cost ÷ first / work ÷ first', ''], ...cells];
}

function rangeOfColumn({ row, measurements }: MeasuredRow, of: (typeof columns)[number]['of']): Range {
  return rangeOf(measurements.map((one) => of(one, row)).filter((value) => value !== undefined));
}

function noteOf({ row, measurements }: MeasuredRow): string {
  if (row.waitMs > 0) return `${Math.max(...measurements.map(({ waitingMax }) => waitingMax))} in flight`;
  if (row.group !== 'addresses') return '';
  return `filled at ${formatNumber((row.addresses * 1_000) / rangeOf(measurements.map(({ fillMs }) => fillMs)).median)}/s`;
}
