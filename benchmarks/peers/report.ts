import { formatMachine, type Machine } from '../machine.ts';
import { formatNotes, formatNumber, formatRange, formatTable, rangeOf, type Range, type TableFormat } from '../range.ts';
import { peerNames, type PeerMeasurement, type PeerName } from './peer.ts';

/** The measurements of one round, of the peers that can be had here. */
export type PeerRound = Readonly<Partial<Record<PeerName, PeerMeasurement>>>;

export interface PeersReport {
  readonly machine: Machine;
  /** Share of the processors that other processes used meanwhile. */
  readonly othersShare: number | undefined;
  /** Whether every peer ran on one processor. */
  readonly isOneCore: boolean;
  /** Titles and versions of those that were measured. */
  readonly peers: Readonly<Partial<Record<PeerName, { readonly title: string; readonly version: string; readonly isSmall: boolean }>>>;
  readonly rounds: readonly PeerRound[];
  /** Digest of the final carts that peers with few keys should have. */
  readonly smallDigest: string | undefined;
}

const perSecond = ({ events, durationMs }: PeerMeasurement): number => (events * 1_000) / durationMs;
const cpuMicros = ({ events, cpuMs }: PeerMeasurement): number => (cpuMs * 1_000) / events;

const columns: readonly { readonly title: string; readonly of: (one: PeerMeasurement) => number | undefined }[] = [
  { title: 'events/s', of: perSecond },
  { title: 'µs cpu an event', of: cpuMicros },
  { title: 'peak RSS, MB', of: ({ rssBytesMax }) => rssBytesMax / 1e6 },
  { title: 'p50, ms', of: ({ latency }) => latency?.p50Ms },
  { title: 'p99, ms', of: ({ latency }) => latency?.p99Ms },
  { title: 'visible p50, ms', of: ({ visible }) => visible?.p50Ms },
  { title: 'visible p99, ms', of: ({ visible }) => visible?.p99Ms },
];

/** What the events/s of the engine over those of a peer should be at least. */
const goals: Readonly<Partial<Record<PeerName, number>>> = { 'flink-hashmap': 0.8, 'flink-rocksdb': 2 };

export function formatPeersReport(report: PeersReport, format: TableFormat): string {
  const { machine, othersShare, isOneCore, peers, rounds } = report;
  const measured = peerNames.filter((name) => peers[name] !== undefined);
  const used = columns.filter(({ of }) => measured.some((name) => valuesOf(rounds, name, of).length > 0));
  const cells = measured.map((name) => [
    peers[name]?.title ?? name,
    ...used.map(({ of }) => formatRange(rangeOf(valuesOf(rounds, name, of)), formatNumber)),
  ]);
  const notes = [
    `Shopping cart beside others: ${rounds.length === 1 ? 'one round' : `${rounds.length} rounds, median (min-max)`}${isOneCore ? ', one processor each' : ''}`,
    ...formatMachine(machine, othersShare),
    ...measured.map((name) => `${peers[name]?.title ?? name}: ${peers[name]?.version ?? ''}`),
    isSame(report)
      ? 'Every peer ended with the same carts; those with the same keys sent the same number of records.'
      : 'THE RUNS DIFFER in what they sent or ended with: the figures mean nothing.',
  ];
  return [
    ...formatNotes(notes, format),
    '',
    ...formatTable([['', ...used.map(({ title }) => title)], ...cells], format),
    '',
    ...formatTable([['this engine ÷', 'events/s', 'goal', 'µs cpu an event'], ...ratiosOf(rounds, measured)], format),
  ].join('\n');
}

function valuesOf(rounds: readonly PeerRound[], name: PeerName, of: (one: PeerMeasurement) => number | undefined): number[] {
  return rounds.flatMap((round) => {
    const one = round[name];
    const value = one && of(one);
    return value === undefined ? [] : [value];
  });
}

/** Ratios are made within a round: what else the machine does meets both. */
function ratiosOf(rounds: readonly PeerRound[], measured: readonly PeerName[]): readonly (readonly string[])[] {
  return measured.flatMap((name) => {
    if (name === 'ours' || !measured.includes('ours')) return [];
    const ratio = (of: (one: PeerMeasurement) => number): Range =>
      rangeOf(rounds.flatMap(({ ours, [name]: other }) => (ours === undefined || other === undefined ? [] : [of(ours) / of(other)])));
    const speed = ratio(perSecond);
    const goal = goals[name];
    const verdict = goal === undefined ? '' : `≥ ${formatNumber(goal)} ${speed.median >= goal ? 'reached' : 'NOT REACHED'}`;
    return [[name, formatRange(speed, formatNumber), verdict, formatRange(ratio(cpuMicros), formatNumber)]];
  });
}

/** Whether all with the same events ended with the same carts and sent as many records. */
export function isSame({ rounds, peers, smallDigest }: PeersReport): boolean {
  const results = (isSmall: boolean, of: (one: PeerMeasurement) => string): Set<string> =>
    new Set(
      rounds.flatMap((round) => peerNames.flatMap((name) => (round[name] && peers[name]?.isSmall === isSmall ? [of(round[name])] : []))),
    );
  const full = results(false, ({ stateDigest, egressRecords }) => `${stateDigest} ${egressRecords}`);
  // With several partitions the order between keys differs, and with it the number of records; the carts at the end do not.
  const small = results(true, ({ stateDigest }) => stateDigest);
  return full.size <= 1 && [...small].every((digest) => digest === smallDigest);
}
