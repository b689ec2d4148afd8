import type { CloudEvent } from '../../src/envelope/cloud-event.ts';
import type { Context } from '../../src/functions/context.ts';
import { Handles, StatefunFunction } from '../../src/functions/decorators.ts';
import { formatAddress } from '../../src/shared/address.ts';
import type { Clock } from '../../src/shared/time/clock.ts';
import { sleep } from '../../src/shared/time/sleep.ts';
import { Persisted } from '../../src/state/persisted.ts';
import { PersistedTable } from '../../src/state/persisted-table.ts';
import { PersistedValue } from '../../src/state/persisted-value.ts';
import type { SeededRandom } from '../../src/shared/seeded-random.ts';
import { simulationRandom } from '../../src/simulation/schedule/simulation-random.ts';

/*
 * What a message asks for follows from its number alone, so that the end does not depend on the order in which addresses take turns. Each
 * address checks by itself what it can see, and keeps what was wrong.
 */

/** A piece of work, which leads to others as long as its depth lasts. */
export interface Task {
  readonly number: number;
  readonly depth: number;
  /** Counts what its sender has sent to this target. */
  readonly ordinal?: number;
}

const hourMs = 3_600_000;
const types = ['hostile/quick', 'hostile/slow', 'hostile/sleepy'];
const ids = 3;

interface Cells {
  readonly total: PersistedValue<number>;
  readonly emitted: PersistedValue<number>;
  readonly handled: PersistedTable<number>;
  readonly sent: PersistedTable<number>;
  readonly received: PersistedTable<number>;
  readonly wrong: PersistedTable<string>;
  readonly last: PersistedValue<Emitted>;
  readonly recent: PersistedTable<Emitted>;
}

/** What an address has emitted. It emits its own objects again, whose texts the engine keeps. */
export interface Emitted {
  readonly number: number;
  readonly emitted: number;
}

/** Objects that an address remembers. */
export const recentMax = 3;

/** Handles at once. */
@StatefunFunction('hostile/quick', { retry: { attemptsMax: 7, delay: '10ms', delayMax: '40ms' } })
export class Quick implements Cells {
  @Persisted() readonly total = PersistedValue.of<number>();
  @Persisted() readonly emitted = PersistedValue.of<number>();
  @Persisted() readonly handled = PersistedTable.of<number>();
  @Persisted() readonly sent = PersistedTable.of<number>();
  @Persisted() readonly received = PersistedTable.of<number>();
  @Persisted() readonly wrong = PersistedTable.of<string>();
  @Persisted() readonly last = PersistedValue.of<Emitted>();
  @Persisted() readonly recent = PersistedTable.of<Emitted>();

  @Handles('task')
  onTask(event: CloudEvent<Task>, context: Context): void {
    receive(this, event.data, context);
    spread(this, event.data, context);
  }

  @Handles('take-back')
  onTakeBack(event: CloudEvent<{ readonly token: string }>, context: Context): void {
    context.cancelDelayed(event.data.token);
  }
}

/** Handles over several promises. */
@StatefunFunction('hostile/slow', { retry: { attemptsMax: 7, delay: 0 }, handlerTimeout: '200ms' })
export class Slow implements Cells {
  @Persisted() readonly total = PersistedValue.of<number>();
  @Persisted() readonly emitted = PersistedValue.of<number>();
  @Persisted() readonly handled = PersistedTable.of<number>();
  @Persisted() readonly sent = PersistedTable.of<number>();
  @Persisted() readonly received = PersistedTable.of<number>();
  @Persisted() readonly wrong = PersistedTable.of<string>();
  @Persisted() readonly last = PersistedValue.of<Emitted>();
  @Persisted() readonly recent = PersistedTable.of<Emitted>();

  @Handles('task')
  async onTask(event: CloudEvent<Task>, context: Context): Promise<void> {
    receive(this, event.data, context);
    await Promise.resolve();
    spread(this, event.data, context);
  }

  @Handles('take-back')
  async onTakeBack(event: CloudEvent<{ readonly token: string }>, context: Context): Promise<void> {
    await Promise.resolve();
    context.cancelDelayed(event.data.token);
  }
}

/** Waits for the clock while it handles. */
@StatefunFunction('hostile/sleepy', { retry: { attemptsMax: 7, delay: '1s' }, handlerTimeout: '10s' })
export class Sleepy implements Cells {
  static inject = ['clock'];
  @Persisted() readonly total = PersistedValue.of<number>();
  @Persisted() readonly emitted = PersistedValue.of<number>();
  @Persisted() readonly handled = PersistedTable.of<number>();
  @Persisted() readonly sent = PersistedTable.of<number>();
  @Persisted() readonly received = PersistedTable.of<number>();
  @Persisted() readonly wrong = PersistedTable.of<string>();
  @Persisted() readonly last = PersistedValue.of<Emitted>();
  @Persisted() readonly recent = PersistedTable.of<Emitted>();

  constructor(private readonly clock: Clock) {}

  @Handles('task')
  async onTask(event: CloudEvent<Task>, context: Context): Promise<void> {
    receive(this, event.data, context);
    await sleep(this.clock, event.data.number % 50, context.signal);
    spread(this, event.data, context);
  }

  @Handles('take-back')
  onTakeBack(event: CloudEvent<{ readonly token: string }>, context: Context): void {
    context.cancelDelayed(event.data.token);
  }
}

function receive(cells: Cells, { number, ordinal }: Task, context: Context): void {
  const times = (cells.handled.get(context.messageId) ?? 0) + 1;
  if (times > 1) cells.wrong.set(context.messageId, `is handled ${times} times`);
  cells.handled.set(context.messageId, times);
  cells.total.set(cells.total.getOrDefault(0) + (number % 1_000));
  if (context.caller === undefined || ordinal === undefined) return;
  const sender = formatAddress(context.caller);
  const before = cells.received.get(sender) ?? 0;
  if (ordinal <= before) cells.wrong.set(context.messageId, `number ${ordinal} of ${sender} comes after ${before}`);
  cells.received.set(sender, ordinal);
}

/** Forgets the oldest object, and remembers another one. */
function remember({ last, recent, wrong }: Cells, emitted: Emitted, context: Context): void {
  if (recent.size > recentMax) wrong.set(context.messageId, `remembers ${recent.size} objects`);
  for (const key of recent.keys()) {
    if (recent.size < recentMax) break;
    recent.delete(key);
  }
  recent.set(context.messageId, { ...emitted });
  last.set(emitted);
}

function spread(cells: Cells, { number, depth }: Task, context: Context): void {
  const random = simulationRandom(number);
  const child = (): Task => ({ number: random.below(1_000_000_000), depth: depth - 1 });
  const target = (): [string, string] => [random.oneOf(types), String(random.below(ids))];
  const emitted = cells.emitted.getOrDefault(0) + 1;
  cells.emitted.set(emitted);
  remember(cells, { number, emitted }, context);
  const own = { last: cells.last.get(), recent: [...cells.recent.values()] };
  context.egress('hostile/out', { type: 'handled', data: { number, from: formatAddress(context.self), emitted, ...own } });
  if (number % 5 === 0) context.egress('hostile/other', { type: 'fifth', data: { number } });
  if (number % 11 === 0) throw new RangeError('poison');
  if (depth === 0) return;
  for (let left = random.below(4); left > 0; left -= 1) {
    const [type, id] = target();
    const ordinal = (cells.sent.get(`${type}/${id}`) ?? 0) + 1;
    cells.sent.set(`${type}/${id}`, ordinal);
    context.send(type, id, { type: 'task', data: { ...child(), ordinal } });
  }
  if (random.chance(0.5)) context.sendAfter(random.below(300), ...target(), { type: 'task', data: child() });
  if (random.chance(0.4)) delayLong(random, context, target(), child());
}

/** A message for much later, sometimes taken back long before it is due. */
function delayLong(random: SeededRandom, context: Context, target: [string, string], task: Task): void {
  const token = `later ${context.messageId}`;
  context.sendAfter(random.chance(0.7) ? 12 * hourMs : 240 * hourMs, ...target, { type: 'task', data: task }, { cancellationToken: token });
  if (random.chance(0.3)) context.cancelDelayed(token);
  else if (random.chance(0.5)) context.send(context.self.type, context.self.id, { type: 'take-back', data: { token } });
}
