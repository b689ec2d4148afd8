import { cartCount, productCount, productEventShare, zipfExponent } from './cart-events.ts';
import { formatMachine, type Machine } from './machine.ts';
import { modes, modeTitles, type Latency, type Measurement, type Mode } from './measurement.ts';
import { formatNotes, formatNumber, formatRange, formatTable, rangeOf, type Range, type TableFormat } from './range.ts';

/** The measurements of one round, by mode. */
export type Round = Readonly<Record<Mode, Measurement>>;

export interface Goal {
  readonly name: string;
  readonly measured: Range;
  /** The median should not be below it. */
  readonly min?: number;
  /** The median should not be above it. */
  readonly max?: number;
  readonly isReached: boolean;
}

export interface CartReport {
  readonly machine: Machine;
  /** Share of the processors that other processes used meanwhile. */
  readonly othersShare: number | undefined;
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
  { name: 'latency at rest, p50', unit: 'ms', of: (one) => one.latencyAtRest?.p50Ms },
  { name: 'latency at rest, p99', unit: 'ms', of: (one) => one.latencyAtRest?.p99Ms },
  { name: 'latency at half load, p50', unit: 'ms', of: (one) => one.latency?.p50Ms },
  { name: 'latency at half load, p99', unit: 'ms', of: (one) => one.latency?.p99Ms },
  { name: 'latency at half load, longest', unit: 'ms', of: (one) => one.latency?.maxMs },
  { name: 'allocation an event', unit: 'KB', of: (one) => one.allocatedBytesPerEvent / 1_000 },
  { name: 'peak memory (RSS)', unit: 'MB', of: (one) => one.rssBytesMax / mega },
];

export function reportOf(machine: Machine, othersShare: number | undefined, rounds: readonly Round[]): CartReport {
  const first = rounds[0]?.durable;
  return {
    machine,
    othersShare,
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
    goals: goalsOf(rounds, machine.node),
    sameResults: new Set(rounds.flatMap((round) => modes.map((mode) => resultOf(round[mode])))).size === 1,
  };
}

/** From Node 22 on the bare loop takes half the time, and most of what the engine does beside it does not. */
const durableOverBareMin = (node: string): number => (Number(/^v(\d+)/.exec(node)?.[1]) >= 22 ? 0.45 : 0.7);

function goalsOf(rounds: readonly Round[], node: string): readonly Goal[] {
  const speed = (of: Mode, over: Mode): Range => rangeOf(rounds.map((round) => round[over].durationMs / round[of].durationMs));
  const latency = (of: (latency: Latency) => number, kind: 'latency' | 'latencyAtRest' = 'latency'): Range =>
    rangeOf(rounds.map(({ durable }) => durable[kind]).flatMap((measured) => (measured === undefined ? [] : [of(measured)])));
  const processorTime = rangeOf(rounds.map((round) => round.durable.cpuMs / round['bare-loop'].cpuMs));
  return [
    atLeast(durableOverBareMin(node), 'durable ÷ bare loop, events/s', speed('durable', 'bare-loop')),
    atMost(1.7, 'processor time an event ÷ that of the bare loop', processorTime),
    atLeast(0.9, 'durable ÷ not durable, events/s', speed('durable', 'not-durable')),
    atLeast(0.5, 'egress made anew ÷ bare loop, events/s', speed('durable-anew', 'bare-loop')),
    atLeast(0.5, 'half evicted ÷ bare loop, events/s', speed('durable-evicted', 'bare-loop')),
    atMost(20, 'allocation an event, KB', rangeOf(rounds.map(({ durable }) => durable.allocatedBytesPerEvent / 1_000))),
    atMost(
      1.5,
      'latency at rest, p50 ms',
      latency(({ p50Ms }) => p50Ms, 'latencyAtRest'),
    ),
    atMost(
      15,
      'latency at half load, p99 ms',
      latency(({ p99Ms }) => p99Ms),
    ),
    atMost(
      100,
      'latency at half load, longest ms',
      latency(({ maxMs }) => maxMs),
    ),
  ];
}

function atLeast(min: number, name: string, measured: Range): Goal {
  return { name, measured, min, isReached: measured.median >= min };
}

function atMost(max: number, name: string, measured: Range): Goal {
  return { name, measured, max, isReached: measured.median <= max };
}

function resultOf({ egressRecords, egressBytes, stateDigest }: Measurement): string {
  return `${egressRecords} ${egressBytes} ${stateDigest}`;
}

export function formatReport(report: CartReport, format: TableFormat): string {
  const { machine, othersShare, events, eventBytes, rounds, figures: rows, goals, sameResults } = report;
  const cells = rows.map(({ name, unit, values }) => [
    unit === '' ? name : `${name}, ${unit}`,
    ...modes.map((mode) => {
      const range = values[mode];
      return range === undefined ? '-' : formatRange(range, formatNumber);
    }),
  ]);
  const goalCells = goals.map(({ name, measured, min, max, isReached }) => [
    name,
    formatRange(measured, formatNumber),
    min === undefined ? `≤ ${formatNumber(max ?? Number.NaN)}` : `≥ ${formatNumber(min)}`,
    isReached ? 'reached' : 'NOT REACHED',
  ]);
  const notes = [
    `Shopping cart: ${formatNumber(events)} events of ${eventBytes.toFixed(0)} bytes, ${Math.round(productEventShare * 100)} % product and ${Math.round((1 - productEventShare) * 100)} % cart events, ${formatNumber(cartCount)} carts and ${formatNumber(productCount)} products, zipf ${zipfExponent}`,
    rounds.length === 1 ? 'One round' : `${rounds.length} rounds: median (min-max)`,
    ...formatMachine(machine, othersShare),
    sameResults
      ? 'Every run sent the same events and ended with the same carts.'
      : 'THE RUNS DIFFER in what they sent or ended with: the figures mean nothing.',
  ];
  return [
    ...formatNotes(notes, format),
    '',
    ...formatTable([['', ...modes.map((mode) => modeTitles[mode])], ...cells], format),
    '',
    ...formatTable([['', 'measured', 'goal', ''], ...goalCells], format),
  ].join('\n');
}
