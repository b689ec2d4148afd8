import type { CloudEvent } from '../../src/envelope/cloud-event.ts';
import type { Context } from '../../src/functions/context.ts';
import { Handles, StatefunFunction } from '../../src/functions/decorators.ts';
import { formatAddress } from '../../src/shared/address.ts';
import { hasCode } from '../../src/shared/errors.ts';
import { Persisted } from '../../src/state/persisted.ts';
import { PersistedList } from '../../src/state/persisted-list.ts';
import { PersistedTable } from '../../src/state/persisted-table.ts';
import { PersistedValue } from '../../src/state/persisted-value.ts';
import { below, seededRandom } from '../../src/shared/seeded-random.ts';

/** What a message asks for follows from its seed alone, so that the end does not depend on the order in which addresses take turns. */
export interface Task {
  readonly seed: number;
  readonly depth: number;
  /** Counts what the sender has sent to this target. */
  readonly ordinal?: number;
}

export type Fault = 'none' | 'throw' | 'hang';

/** Faults of handlers; replaced for every run. */
export interface World {
  /** Asked once an attempt. */
  fault(messageId: string): Fault;
  /** What an asynchronous handler awaits. */
  pause(): Promise<void>;
  /** Never settles, or much too late. */
  hang(): Promise<void>;
  /** Promises of the engine that were seen broken. */
  readonly violations: string[];
}

export const model: { world: World | undefined } = { world: undefined };

const yearMs = 365 * 24 * 3_600_000;
const types = ['test/quick', 'test/slow'];
const ids = 4;

interface Cells {
  readonly total: PersistedValue<number>;
  readonly handled: PersistedTable<number>;
  readonly sent: PersistedTable<number>;
  readonly received: PersistedTable<number>;
  readonly log: PersistedList<string>;
}

@StatefunFunction('test/quick', { retry: { attemptsMax: 12, delay: '10ms', delayMax: '40ms' } })
export class Quick {
  @Persisted() readonly total = PersistedValue.of<number>();
  @Persisted() readonly handled = PersistedTable.of<number>();
  @Persisted() readonly sent = PersistedTable.of<number>();
  @Persisted() readonly received = PersistedTable.of<number>();
  @Persisted() readonly log = PersistedList.of<string>();

  @Handles('task')
  onTask(event: CloudEvent<Task>, context: Context): void {
    receive(this, event.data, context);
    spread(this, event.data, context);
    if (worldOf().fault(context.messageId) !== 'none') throw new Error('transient');
    failForGood(event.data, context);
  }

  @Handles('cancel')
  onCancel(event: CloudEvent<{ token: string }>, context: Context): void {
    context.cancelDelayed(event.data.token);
  }
}

@StatefunFunction('test/slow', { retry: { attemptsMax: 12, delay: 0 }, handlerTimeout: '200ms' })
export class Slow {
  @Persisted() readonly total = PersistedValue.of<number>();
  @Persisted() readonly handled = PersistedTable.of<number>();
  @Persisted() readonly sent = PersistedTable.of<number>();
  @Persisted() readonly received = PersistedTable.of<number>();
  @Persisted() readonly log = PersistedList.of<string>();

  @Handles('task')
  async onTask(event: CloudEvent<Task>, context: Context): Promise<void> {
    const world = worldOf();
    receive(this, event.data, context);
    await world.pause();
    const fault = world.fault(context.messageId);
    if (fault === 'hang') {
      await world.hang();
      if (context.signal.aborted) ensureEnded(this, world);
    }
    spread(this, event.data, context);
    await world.pause();
    if (fault === 'throw') throw new Error('transient');
    failForGood(event.data, context);
  }

  @Handles('cancel')
  async onCancel(event: CloudEvent<{ token: string }>, context: Context): Promise<void> {
    await worldOf().pause();
    context.cancelDelayed(event.data.token);
  }
}

function receive(cells: Cells, { seed, ordinal }: Task, context: Context): void {
  const { violations } = worldOf();
  const times = (cells.handled.get(context.messageId) ?? 0) + 1;
  if (times > 1) violations.push(`${context.messageId} is handled ${times} times`);
  cells.handled.set(context.messageId, times);
  cells.total.set(cells.total.getOrDefault(0) + (seed % 1_000));
  cells.log.append(context.messageId);
  if (context.caller === undefined || ordinal === undefined) return;
  const sender = formatAddress(context.caller);
  const before = cells.received.get(sender) ?? 0;
  if (ordinal <= before) violations.push(`${formatAddress(context.self)} has ${ordinal} after ${before} from ${sender}`);
  cells.received.set(sender, ordinal);
}

function spread(cells: Cells, { seed, depth }: Task, context: Context): void {
  const random = seededRandom(seed);
  const child = (): Task => ({ seed: below(random, 1_000_000_000), depth: depth - 1 });
  const target = (): [string, string] => [types[below(random, types.length)] ?? '', String(below(random, ids))];
  context.egress('test/out', { type: 'handled', data: { seed } });
  if (depth === 0) return;
  for (let count = below(random, 4); count > 0; count -= 1) {
    const [type, id] = target();
    const ordinal = (cells.sent.get(`${type}/${id}`) ?? 0) + 1;
    cells.sent.set(`${type}/${id}`, ordinal);
    context.send(type, id, { type: 'task', data: { ...child(), ordinal } });
  }
  if (random() < 0.4) context.sendAfter(below(random, 300), ...target(), { type: 'task', data: child() });
  if (random() < 0.3) {
    const token = `far ${context.messageId}`;
    context.sendAfter(yearMs, ...target(), { type: 'task', data: child() }, { cancellationToken: token });
    if (random() < 0.3) context.cancelDelayed(token);
    else if (random() < 0.5) context.send(context.self.type, context.self.id, { type: 'cancel', data: { token } });
  }
}

function failForGood({ seed }: Task, context: Context): void {
  if (seed % 13 === 0) context.send('test/nobody', 'x', { type: 'task', data: null });
  if (seed % 17 === 0) throw new RangeError('poison');
}

/** What is left of an attempt that timed out can change nothing. */
function ensureEnded(cells: Cells, { violations }: World): void {
  try {
    cells.total.set(-1);
  } catch (error) {
    if (hasCode(error, 'ATTEMPT_ENDED')) throw error;
  }
  violations.push('an attempt that timed out could still write its state');
}

function worldOf(): World {
  if (model.world === undefined) throw new Error('the test has set no world');
  return model.world;
}
