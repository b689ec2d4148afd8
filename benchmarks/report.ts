import { cartCount, productCount, productEventShare, zipfExponent } from './cart-events.ts';
import type { Machine } from './machine.ts';
import { modes, type Measurement, type Mode } from './measurement.ts';
import { alignColumns, formatNumber, formatRange, rangeOf, type Range } from './range.ts';

/** The measurements of one round, by mode. */
export type Round = Readonly<Record<Mode, Measurement>>;

export interface Goal {
  readonly name: string;
  readonly measured: Range;
  /** The median should not be below it. */
  readonly goal: number;
  readonly reached: boolean;
}

export interface CartReport {
  readonly machine: Machine;
  readonly events: number;
  readonly eventBytes: number;
  readonly rounds: readonly Round[];
  readonly figures: readonly Figure[];
  readonly goals: readonly Goal[];
  /** Whether every mode sent the same number and bytes of events and ended with the same carts, in every round. */
  readonly sameResults: boolean;
}

interface Figure {
  readonly name: string;
  readonly unit: string;
  readonly values: Readonly<Partial<Record<Mode, Range>>>;
}

const perSecond = (count: number | undefined, { durationMs }: Measurement): number | undefined =>
  count === undefined ? undefined : (count / durationMs) * 1_000;
const mega = 1_000_000;

const figures: readonly { name: string; unit: string; of: (measurement: Measurement) => number | undefined }[] = [
  { name: 'events', unit: '/s', of: (one) => perSecond(one.events, one) },
  { name: 'invocations', unit: '/s', of: (one) => perSecond(one.invocations, one) },
  { name: 'egress records', unit: '/s', of: (one) => perSecond(one.egressRecords, one) },
  { name: 'processor time an event', unit: 'µs', of: (one) => (one.cpuMs * 1_000) / one.events },
  { name: 'invocations an event', unit: '', of: (one) => one.invocations && one.invocations / one.events },
  { name: 'commits', unit: '', of: (one) => one.commits },
  { name: 'written', unit: 'MB', of: (one) => one.writtenBytes && one.writtenBytes / mega },
  { name: 'latency at half load, p50', unit: 'ms', of: (one) => one.latency?.p50Ms },
  { name: 'latency at half load, p99', unit: 'ms', of: (one) => one.latency?.p99Ms },
  { name: 'peak memory (RSS)', unit: 'MB', of: (one) => one.rssBytesMax / mega },
];

export function reportOf(machine: Machine, rounds: readonly Round[]): CartReport {
  const ratio = (over: Mode, under: Mode): Range => rangeOf(rounds.map((round) => round[under].durationMs / round[over].durationMs));
  const durable = rangeOf(rounds.map((round) => perSecond(round.durable.events, round.durable) ?? 0));
  const first = rounds[0]?.durable;
  return {
    machine,
    events: first?.events ?? 0,
    eventBytes: first?.eventBytes ?? 0,
    rounds,
    figures: figures.map(({ name, unit, of }) => {
      const ranges = modes.map((mode) => [mode, rounds.map((round) => of(round[mode])).filter((value) => value !== undefined)] as const);
      return {
        name,
        unit,
        values: Object.fromEntries(ranges.filter(([, values]) => values.length > 0).map(([mode, values]) => [mode, rangeOf(values)])),
      };
    }),
    goals: [
      goal('durable ÷ not durable', ratio('durable', 'not-durable'), 0.9),
      goal('durable ÷ bare loop', ratio('durable', 'bare-loop'), 0.5),
      goal('durable, events/s', durable, 40_000),
    ],
    sameResults: new Set(rounds.flatMap((round) => modes.map((mode) => resultOf(round[mode])))).size === 1,
  };
}

function goal(name: string, measured: Range, wanted: number): Goal {
  return { name, measured, goal: wanted, reached: measured.median >= wanted };
}

function resultOf({ egressRecords, egressBytes, stateDigest }: Measurement): string {
  return `${egressRecords} ${egressBytes} ${stateDigest}`;
}

export function formatReport({ machine, events, eventBytes, rounds, figures: rows, goals, sameResults }: CartReport): string {
  const cells = rows.map(({ name, unit, values }) => [
    unit === '' ? name : `${name}, ${unit}`,
    ...modes.map((mode) => {
      const range = values[mode];
      return range === undefined ? '-' : formatRange(range, formatNumber);
    }),
  ]);
  const goalCells = goals.map(({ name, measured, goal: wanted, reached }) => [
    name,
    formatRange(measured, formatNumber),
    `goal ${formatNumber(wanted)}`,
    reached ? 'reached' : 'not reached',
  ]);
  return [
    `Shopping cart: ${formatNumber(events)} events of ${eventBytes.toFixed(0)} bytes, ${Math.round(productEventShare * 100)} % product and ${Math.round((1 - productEventShare) * 100)} % cart events,`,
    `${formatNumber(cartCount)} carts and ${formatNumber(productCount)} products, zipf ${zipfExponent}; ${rounds.length} rounds: median (min-max)`,
    `${machine.cpuCount} x ${machine.cpu}, ${machine.platform}, Node ${machine.node}, load ${machine.load.toFixed(1)} before the start`,
    `fdatasync of a 4 KB append: ${formatRange(machine.fdatasyncMs, (value) => value.toFixed(2))} ms`,
    '',
    ...alignColumns([['', 'durable', 'not durable', 'bare loop'], ...cells]),
    '',
    ...alignColumns(goalCells),
    '',
    sameResults
      ? 'Every run sent the same events and ended with the same carts.'
      : 'THE RUNS DIFFER in what they sent or ended with: the figures mean nothing.',
  ].join('\n');
}
