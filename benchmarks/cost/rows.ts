import type { Behaviour } from './workload.ts';

/** The type of the events of a row; it decides which function handles them. */
export type WorkType = 'bench.work' | 'bench.fan-out' | 'bench.cell' | 'bench.wait';

/** One row of the cost table: a workload, and how much work one event of it is. */
export interface Row extends Behaviour {
  readonly group: Group;
  readonly name: string;
  readonly type: WorkType;
  readonly keys: 'uniform' | 'zipf' | 'one';
  /** Size of a record. */
  readonly eventBytes: number;
  /** Work of one event, in units of the group. A group whose cost an event grows faster than this is marked. */
  readonly work: number;
  /** Most messages that wait or run at a time; the default of the engine when undefined. */
  readonly pendingMessagesMax?: number;
  /** Fewest events that are fed together, where a chunk would take long however small it is. */
  readonly chunkEventsMin?: number;
  /** Whether only `--full` measures it. */
  readonly isLong: boolean;
}

export const groups = ['addresses', 'event', 'fan-out', 'hot', 'state', 'table', 'waiting'] as const;
export type Group = (typeof groups)[number];

/** What a group varies, and the unit of its work. */
export const groupTitles: Readonly<Record<Group, { readonly title: string; readonly unit: string }>> = {
  addresses: { title: 'addresses', unit: 'event' },
  event: { title: 'size of the event, in and out', unit: 'KB' },
  'fan-out': { title: 'messages an event', unit: 'invocation' },
  hot: { title: 'one hot address', unit: 'invocation' },
  state: { title: 'state of an address, one value', unit: 'KB' },
  table: { title: 'state of an address, a table of 1 KB entries, one changes', unit: 'event' },
  waiting: { title: 'handlers that wait', unit: 'event' },
};

const base = {
  type: 'bench.work' as const,
  keys: 'uniform' as const,
  addresses: 10_000,
  eventBytes: 400,
  fanOut: 0,
  fanIn: false,
  stateBytes: 200,
  tableKeys: 0,
  waitMs: 0,
  egress: false,
  work: 1,
  isLong: false,
};

const thousand = 1_000;
const million = 1_000_000;

const addressRows: readonly Row[] = [10 * thousand, million, 10 * million].flatMap((addresses) =>
  (['uniform', 'zipf'] as const).map((keys): Row => ({
    ...base,
    group: 'addresses',
    name: `${size(addresses)} ${keys}`,
    keys,
    addresses,
    isLong: addresses > million,
  })),
);

const eventRows = [100, thousand, 100 * thousand].map((eventBytes): Row => ({
  ...base,
  group: 'event',
  name: `${size(eventBytes)}B`,
  eventBytes,
  egress: true,
  work: eventBytes / thousand,
}));

const fanOutRows = [1, 10, thousand].map((fanOut): Row => ({
  ...base,
  group: 'fan-out',
  name: String(fanOut),
  type: 'bench.fan-out',
  fanOut,
  work: fanOut + 1,
}));

const hotRows: readonly Row[] = [
  { ...base, group: 'hot', name: 'events to one address', keys: 'one', addresses: 1 },
  { ...base, group: 'hot', name: '100 messages an event to one address', type: 'bench.fan-out', fanOut: 100, fanIn: true, work: 101 },
];

/** So many addresses that an event seldom changes one that the same commit writes anyway, and so few that all stay in memory. */
const stateRows = [thousand, 10 * thousand, 100 * thousand, million].map((stateBytes): Row => ({
  ...base,
  group: 'state',
  name: `${size(stateBytes)}B`,
  addresses: Math.min(10 * thousand, (100 * million) / stateBytes),
  stateBytes,
  work: stateBytes / thousand,
}));

/** 10,000 entries together, whatever the number of tables. */
const tableRows = [1, 10, 100, thousand].map((tableKeys): Row => ({
  ...base,
  group: 'table',
  name: tableKeys === 1 ? '1 entry' : `${tableKeys} entries`,
  type: 'bench.cell',
  addresses: (10 * thousand) / tableKeys,
  stateBytes: tableKeys * thousand,
  tableKeys,
}));

/** The first three would all allow 10,000 events/s, with ever more of them in flight. The last one is limited by the engine alone. */
const waitingRows = [
  { inFlight: 100, waitMs: 10 },
  { inFlight: thousand, waitMs: 100 },
  { inFlight: 10 * thousand, waitMs: thousand },
  { inFlight: 10 * thousand, waitMs: 10 },
].map(({ inFlight, waitMs }): Row => ({
  ...base,
  group: 'waiting',
  name: `${waitMs} ms, ${inFlight} allowed`,
  type: 'bench.wait',
  addresses: 40_000,
  waitMs,
  pendingMessagesMax: inFlight,
  chunkEventsMin: 3 * inFlight,
}));

export const rows: readonly Row[] = [...addressRows, ...eventRows, ...fanOutRows, ...hotRows, ...stateRows, ...tableRows, ...waitingRows];

function size(count: number): string {
  if (count >= million) return `${count / million} M`;
  return count >= thousand ? `${count / thousand} k` : `${count} `;
}
