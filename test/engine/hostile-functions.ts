import type { Egress, EgressRecord, RejectedRecord } from '../../src/egress/egress.ts';
import type { CloudEvent } from '../../src/envelope/cloud-event.ts';
import type { Context } from '../../src/functions/context.ts';
import { Handles, StatefunFunction } from '../../src/functions/decorators.ts';
import { Persisted } from '../../src/state/persisted.ts';
import { PersistedList } from '../../src/state/persisted-list.ts';
import { PersistedValue } from '../../src/state/persisted-value.ts';
import { MemoryStore } from '../../src/storage/memory-store.ts';
import type { StoreChange } from '../../src/storage/store.ts';

/** What the handlers below do, and what they leave behind; emptied before every test. */
export const world: { fails: number; open: (() => void)[]; signals: AbortSignal[]; late: (() => void)[]; thrown: unknown } = {
  fails: 0,
  open: [],
  signals: [],
  late: [],
  thrown: undefined,
};

@StatefunFunction('test/any', { retry: { attemptsMax: 3, delay: '1s' } })
export class Any {
  @Persisted() readonly count = PersistedValue.of<number>();
  @Persisted() readonly log = PersistedList.of<string>();

  @Handles('count')
  onCount(): void {
    this.count.set(this.count.getOrDefault(0) + 1);
  }

  @Handles('log')
  onLog(event: CloudEvent<{ name: string }>): void {
    this.log.append(event.data.name);
  }

  @Handles('fail')
  onFail(): void {
    if (world.fails-- > 0) throw world.thrown ?? new Error('not yet');
  }

  @Handles('out')
  onOut(event: CloudEvent<{ name: string }>, context: Context): void {
    context.egress('test/out', { type: 'out', data: { name: event.data.name } });
  }

  @Handles('later')
  onLater(event: CloudEvent<{ ms: number; token?: string }>, context: Context): void {
    const { ms, token } = event.data;
    if (token !== undefined) context.cancelDelayed(token);
    context.sendAfter(
      ms,
      'test/any',
      context.self.id,
      { type: 'count', data: null },
      token === undefined ? {} : { cancellationToken: token },
    );
  }

  @Handles('take-back')
  onTakeBack(event: CloudEvent<{ token: string }>, context: Context): void {
    context.cancelDelayed(event.data.token);
  }

  @Handles('fan')
  onFan(_event: CloudEvent, context: Context): void {
    context.send('test/stopper', 'a', { type: 'x', data: null });
    for (let id = 0; id < 20; id += 1) context.send('test/any', String(id), { type: 'count', data: null });
  }

  @Handles('hop')
  onHop(event: CloudEvent<{ left: number }>, context: Context): void {
    const { left } = event.data;
    if (left > 0) context.send('test/any', context.self.id === 'ping' ? 'pong' : 'ping', { type: 'hop', data: { left: left - 1 } });
  }

  @Handles('wait')
  async onWait(_event: CloudEvent, context: Context): Promise<void> {
    world.signals.push(context.signal);
    await new Promise<void>((resolve) => world.open.push(resolve));
    this.count.set(this.count.getOrDefault(0) + 1);
  }
}

@StatefunFunction('test/thenable')
export class Thenable {
  @Persisted() readonly count = PersistedValue.of<number>();

  @Handles()
  onAnything(): Promise<void> {
    world.late.push(() => this.count.set(-1));
    this.count.set(this.count.getOrDefault(0) + 1);
    return new Promise((resolve) => world.open.push(resolve));
  }
}

@StatefunFunction('test/stopper', { retry: { attemptsMax: 1 }, onFailure: 'stop' })
export class Stopper {
  @Handles()
  onAnything(): void {
    throw new Error('cannot go on');
  }
}

export function egressThat(send: (records: readonly EgressRecord[]) => Promise<readonly RejectedRecord[]>): Egress {
  return { id: 'test/out', description: 'of a test', start: () => Promise.resolve(), send, stop: () => Promise.resolve() };
}

/** A store whose commits wait at a gate, or fail. */
export class GatedStore extends MemoryStore {
  failing = false;
  closed = false;
  #opened: Promise<void> = Promise.resolve();
  open: () => void = () => undefined;

  gate(): void {
    this.#opened = new Promise((resolve) => (this.open = resolve));
  }

  override async commit(changes: readonly StoreChange[]): Promise<void> {
    if (this.failing) throw new Error('disk on fire');
    await this.#opened;
    await super.commit(changes);
  }

  override close(): Promise<void> {
    this.closed = true;
    return super.close();
  }
}

export function resetWorld(): void {
  Object.assign(world, { fails: 0, open: [], signals: [], late: [], thrown: undefined });
}
