import type { CloudEvent } from '../../src/envelope/cloud-event.ts';
import type { Context } from '../../src/functions/context.ts';
import { Handles, StatefunFunction } from '../../src/functions/decorators.ts';
import { Persisted } from '../../src/state/persisted.ts';
import { PersistedList } from '../../src/state/persisted-list.ts';
import { PersistedValue } from '../../src/state/persisted-value.ts';

/** What the handlers below do next; set by each test. */
export const next: {
  failures: (() => void | Promise<void>)[];
  leaked?: Context;
  leakedCell?: PersistedList<string>;
  hang?: { resolve: () => void; aborted: () => boolean };
} = { failures: [] };

@StatefunFunction('test/fragile', { retry: { attemptsMax: 3, delay: '100ms', delayMax: '150ms' } })
export class Fragile {
  @Persisted() private readonly seen = PersistedList.of<string>();
  @Persisted() private readonly data = PersistedValue.of<unknown>();

  @Handles('sync')
  onSync(event: CloudEvent<{ name?: string }>, context: Context): void {
    this.seen.append(event.data.name ?? event.id);
    context.send('test/fragile', 'witness', { type: 'witnessed', data: { name: event.data.name } });
    context.sendAfter('1s', 'test/fragile', 'witness', { type: 'witnessed', data: { name: 'late' } });
    context.egress('test/out', { type: 'seen', data: { name: event.data.name } });
    void next.failures.shift()?.();
  }

  @Handles('async')
  async onAsync(event: CloudEvent<{ name?: string }>): Promise<void> {
    this.seen.append(event.data.name ?? event.id);
    await next.failures.shift()?.();
  }

  @Handles('hang')
  onHang(_event: CloudEvent, context: Context): Promise<void> {
    this.seen.append('hung');
    const { signal } = context;
    return new Promise((resolve) => (next.hang = { resolve, aborted: () => signal.aborted }));
  }

  @Handles('leak')
  onLeak(_event: CloudEvent, context: Context): void {
    next.leaked = context;
    next.leakedCell = this.seen;
  }

  @Handles('mutate')
  onMutate(event: CloudEvent<{ name: string }>): void {
    event.data.name = 'changed';
  }

  @Handles('no-duration')
  onNoDuration(_event: CloudEvent, context: Context): void {
    context.sendAfter('soon', 'test/fragile', 'a', { type: 'sync', data: {} });
  }

  @Handles('no-token')
  onNoToken(_event: CloudEvent, context: Context): void {
    context.cancelDelayed(undefined as never);
  }

  @Handles('no-target')
  onNoTarget(_event: CloudEvent, context: Context): void {
    context.send(undefined as never, 'a', { type: 'sync', data: {} });
  }

  @Handles('no-egress')
  onNoEgress(_event: CloudEvent, context: Context): void {
    context.egress(Symbol('out') as never, { type: 'sync', data: {} });
  }

  @Handles('lossy')
  onLossy(): void {
    this.data.set({ at: new Date(0) });
  }

  @Handles('unknown-target')
  onUnknownTarget(_event: CloudEvent, context: Context): void {
    context.send('test/nobody', 'a', { type: 'x', data: null });
  }

  @Handles('unknown-egress')
  onUnknownEgress(_event: CloudEvent, context: Context): void {
    context.egress('test/nowhere', { type: 'x', data: null });
  }

  @Handles('witnessed')
  onWitnessed(event: CloudEvent<{ name: string }>): void {
    this.seen.append(event.data.name);
  }
}

@StatefunFunction('test/skipping', { retry: { attemptsMax: 1 }, onFailure: 'skip' })
export class Skipping {
  @Handles()
  onAnything(): void {
    throw new Error('always');
  }
}

@StatefunFunction('test/stopping', { retry: { attemptsMax: 1 }, onFailure: 'stop' })
export class Stopping {
  @Handles()
  onAnything(): void {
    throw new Error('cannot go on');
  }
}

export const failWith = (text: string) => () => {
  throw new Error(text);
};
