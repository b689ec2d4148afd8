import {
  eventType,
  forwardTo,
  Handles,
  Persisted,
  PersistedTable,
  PersistedValue,
  StatefunFunction,
  type ClassOf,
  type Context,
  type EventOf,
} from 'statefun';

/* A workload with one knob for each thing whose cost may grow: the event, the state, the messages, the waiting. Ids are made of numbers. */

/** The event of every row. */
export interface Work {
  /** The address that the event is for. */
  readonly id: string;
  /** Makes the event as large as the row wants. */
  readonly text: string;
}

/** What a function does with an event, beside counting it. */
export interface Behaviour {
  /** Addresses that receive a message for each event. */
  readonly fanOut: number;
  /** Whether all messages go to one address. */
  readonly fanIn: boolean;
  readonly addresses: number;
  readonly stateBytes: number;
  /** Entries of the table; one of them changes with each event. */
  readonly tableKeys: number;
  readonly waitMs: number;
  /** Whether the event leaves through the egress. */
  readonly egress: boolean;
}

export const workEgress = 'bench/out';
export const WorkArrived = eventType<Work>('bench.work', { source: 'http://example.com/bench' });
const FanOutArrived = eventType<Work & { readonly first: number }>('bench.fan-out', { source: 'http://example.com/bench' });
const CellArrived = eventType<Work>('bench.cell', { source: 'http://example.com/bench' });
const WaitArrived = eventType<Work>('bench.wait', { source: 'http://example.com/bench' });
const Told = eventType<{ readonly amount: number }>('bench.told', { source: 'http://example.com/bench' });
const Filled = eventType<{ readonly id: string; readonly first: number; readonly count: number }>('bench.filled', {
  source: 'http://example.com/bench',
});

/** The behaviour of the row that this process measures; a process measures one. */
let behaviour: Behaviour = { fanOut: 0, fanIn: false, addresses: 1, stateBytes: 100, tableKeys: 0, waitMs: 0, egress: false };
let texts: readonly string[] = [''];

/** Handlers that wait now, and the most that have waited together. */
export const waiting = { now: 0, max: 0 };

export function behave(wanted: Behaviour): void {
  behaviour = wanted;
  const bytes = wanted.tableKeys > 0 ? Math.ceil(wanted.stateBytes / wanted.tableKeys) : wanted.stateBytes;
  // Several texts, so that a change of state is one.
  texts = Array.from({ length: 16 }, (_, index) => String.fromCharCode(97 + index).repeat(bytes));
}

export function idOf(index: number): string {
  return `a${String(index).padStart(9, '0')}`;
}

interface State {
  readonly count: number;
  readonly text: string;
}

const next = (before: State | undefined): State => {
  const count = (before?.count ?? 0) + 1;
  return { count, text: texts[count % texts.length] ?? '' };
};

@StatefunFunction('bench/account')
export class AccountFunction {
  @Persisted() private readonly state = PersistedValue.of<State>();

  @Handles(WorkArrived)
  onWork(event: EventOf<typeof WorkArrived>, context: Context): void {
    this.state.set(next(this.state.get()));
    if (behaviour.egress) context.egress(workEgress, event);
  }

  @Handles(Told)
  onTold(): void {
    this.state.set(next(this.state.get()));
  }

  /** Waits for a timer, as for a call to the outside, and changes its state then. */
  @Handles(WaitArrived)
  async onWait(): Promise<void> {
    waiting.now += 1;
    waiting.max = Math.max(waiting.max, waiting.now);
    await new Promise((resolve) => setTimeout(resolve, behaviour.waitMs));
    waiting.now -= 1;
    this.state.set(next(this.state.get()));
  }
}

@StatefunFunction('bench/sender')
export class SenderFunction {
  @Handles(FanOutArrived)
  onFanOut({ data }: EventOf<typeof FanOutArrived>, context: Context): void {
    const told = Told.create({ amount: data.first });
    for (let index = 0; index < behaviour.fanOut; index += 1) {
      const target = behaviour.fanIn ? 0 : (data.first + index) % behaviour.addresses;
      context.send(AccountFunction, idOf(target), told);
    }
  }

  /** Gives many addresses their first state. */
  @Handles(Filled)
  onFilled({ data }: EventOf<typeof Filled>, context: Context): void {
    const told = Told.create({ amount: data.first });
    for (let index = data.first; index < data.first + data.count; index += 1) context.send(AccountFunction, idOf(index), told);
  }
}

@StatefunFunction('bench/table')
export class TableFunction {
  @Persisted() private readonly cells = PersistedTable.of<State>();
  @Persisted() private readonly count = PersistedValue.of<number>();

  @Handles(CellArrived)
  onCell(_event: EventOf<typeof CellArrived>): void {
    const count = this.count.get() ?? 0;
    this.count.set(count + 1);
    const key = `k${count % behaviour.tableKeys}`;
    this.cells.set(key, next(this.cells.get(key)));
  }
}

export const functions: readonly ClassOf[] = [AccountFunction, SenderFunction, TableFunction];

export const forwarders: readonly ClassOf[] = [
  forwardTo(AccountFunction, WorkArrived, ({ data }) => data.id),
  forwardTo(AccountFunction, WaitArrived, ({ data }) => data.id),
  forwardTo(TableFunction, CellArrived, ({ data }) => data.id),
  forwardTo(SenderFunction, FanOutArrived, ({ data }) => data.id),
  forwardTo(SenderFunction, Filled, ({ data }) => data.id),
];
