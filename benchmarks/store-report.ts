import { formatNotes, formatNumber, formatRange, formatTable, rangeOf, type Range, type TableFormat } from './range.ts';
import { formatMachine, type Machine } from './machine.ts';
import { commitKeys, valueBytes } from './store-data.ts';
import { subjects, type StartMeasurement, type Subject, type WorkMeasurement } from './store-measurement.ts';

/** One store in one round. */
export interface SubjectMeasurement {
  readonly work: WorkMeasurement;
  readonly start: StartMeasurement;
}

export type StoreRound = Readonly<Partial<Record<Subject, SubjectMeasurement>>>;

interface Goal {
  /** What the log store should reach, at least or at most. */
  readonly min?: number;
  readonly max?: number;
}

interface Figure extends Goal {
  readonly name: string;
  readonly of: (measurement: SubjectMeasurement) => number;
}

const figures: readonly Figure[] = [
  { name: `commit ${commitKeys} keys of ${valueBytes} B, keys/s`, min: 300_000, of: ({ work }) => work.committedPerSecond },
  { name: 'cold reads from the page cache, gets/s', min: 200_000, of: ({ work }) => work.readsPerSecond },
  { name: 'start after a clean stop, ms', max: 1_000, of: ({ start }) => start.openMs },
  { name: 'memory of an open store, B a key', max: 48, of: ({ start }) => start.memoryBytesPerKey },
  { name: 'overwriting ÷ its first part', min: 0.85, of: ({ work: { overwrite } }) => overwrite.perSecond / overwrite.firstPerSecond },
  { name: 'p99 of commits ÷ that of the first part', max: 2, of: ({ work: { overwrite } }) => overwrite.p99Ms / overwrite.firstP99Ms },
  { name: 'space ÷ live data, greatest', max: 2, of: ({ work }) => work.overwrite.spaceMax },
  { name: 'space ÷ live data, at the end', of: ({ work }) => work.overwrite.spaceAtEnd },
  { name: 'first load, keys/s', of: ({ work }) => work.loadedPerSecond },
  { name: 'overwriting, keys/s', of: ({ work }) => work.overwrite.perSecond },
  { name: 'overwriting, times every key', of: ({ work }) => work.overwrite.turns },
  { name: 'commit while overwriting, p99 ms', of: ({ work }) => work.overwrite.p99Ms },
  { name: 'commit while overwriting, longest ms', of: ({ work }) => work.overwrite.maxMs },
  { name: 'RSS after opening, B a key', of: ({ start }) => start.rssBytesPerKey },
  { name: 'peak memory of the working process, MB', of: ({ work }) => work.rssBytesMax / 1e6 },
];

/** What was measured, and where. */
export interface StoreRun {
  readonly machine: Machine;
  /** Share of the processors that other processes used meanwhile. */
  readonly othersShare: number | undefined;
  readonly keys: number;
  readonly seconds: number;
  readonly rounds: readonly StoreRound[];
}

export interface StoreReport extends StoreRun {
  readonly figures: readonly (Goal & { readonly name: string; readonly values: Readonly<Partial<Record<Subject, Range>>> })[];
}

export function storeReportOf(run: StoreRun): StoreReport {
  const { rounds } = run;
  const valuesOf = (subject: Subject, of: Figure['of']): number[] =>
    rounds.flatMap((round) => {
      const measurement = round[subject];
      return measurement === undefined ? [] : [of(measurement)];
    });
  return {
    ...run,
    figures: figures.map(({ of, ...figure }) => ({
      ...figure,
      values: Object.fromEntries(
        subjects
          .map((subject) => [subject, valuesOf(subject, of)] as const)
          .flatMap(([subject, values]) => (values.length > 0 ? [[subject, rangeOf(values)]] : [])),
      ),
    })),
  };
}

export function formatStoreReport(report: StoreReport, format: TableFormat): string {
  const { machine, othersShare, keys, seconds, rounds, figures: rows } = report;
  const measured = subjects.filter((subject) => rounds.some((round) => round[subject] !== undefined));
  const cells = rows.map(({ name, min, max, values }) => [
    name,
    min !== undefined ? `≥ ${formatNumber(min)}` : max !== undefined ? `≤ ${formatNumber(max)}` : '',
    ...measured.map((subject) => {
      const range = values[subject];
      return range === undefined ? '-' : `${formatRange(range, formatNumber)}${subject === 'log' ? verdict(range, { min, max }) : ''}`;
    }),
  ]);
  const names: Readonly<Record<Subject, string>> = { log: 'log store', level: 'LevelDB', lmdb: 'LMDB' };
  const notes = [
    `Stores: ${formatNumber(keys)} keys of ${valueBytes} B, overwritten for ${seconds} s; ${rounds.length} rounds: median (min-max)`,
    ...formatMachine(machine, othersShare),
  ];
  return [
    ...formatNotes(notes, format),
    '',
    ...formatTable([['', 'goal', ...measured.map((subject) => names[subject])], ...cells], format),
  ].join('\n');
}

function verdict({ median }: Range, { min, max }: { readonly min: number | undefined; readonly max: number | undefined }): string {
  if (min === undefined && max === undefined) return '';
  return median >= (min ?? -Infinity) && median <= (max ?? Infinity) ? ' reached' : ' NOT REACHED';
}
