import type { NewEvent } from '../../src/envelope/cloud-event.ts';
import type { Context } from '../../src/functions/context.ts';
import { Handles, OnSubscribe, StatefunFunction } from '../../src/functions/decorators.ts';
import { Persisted } from '../../src/state/persisted.ts';
import { PersistedList } from '../../src/state/persisted-list.ts';
import { PersistedTable } from '../../src/state/persisted-table.ts';
import { PersistedValue } from '../../src/state/persisted-value.ts';
import { testFunction, type TestFunction, type TestFunctionOptions } from '../../src/testing/test-function.ts';

/** Does in one handler each what a test may want to see; the event's data says what. */
@StatefunFunction('test/probe', { retry: { attemptsMax: 3, delay: '1s' }, handlerTimeout: '10s' })
export class ProbeFunction {
  static left: Context | undefined;
  static inject = ['factor'];
  @Persisted() private readonly count = PersistedValue.of<number>();
  @Persisted() private readonly table = PersistedTable.of<number>();
  @Persisted() private readonly list = PersistedList.of<string>();
  private field = 0;

  constructor(private readonly factor: number) {}

  @Handles('count')
  onCount(event: { readonly data: unknown }): void {
    const by = Number(event.data) * this.factor;
    this.count.update((count = 0) => count + by);
    this.table.set(`by ${by}`, by);
    this.list.append(`+${by}`);
    this.field += 1;
    if (this.field > 1) throw new Error('a field was state');
  }

  @Handles('fail-until')
  onFailUntil(event: { readonly data: unknown }, context: Context): void {
    this.count.set(99);
    context.send('test/other', '1', { type: 'never', data: null });
    if (context.now() < Number(event.data)) throw new Error(`too early: ${context.now()}`);
    this.count.set(1);
  }

  @Handles('reject')
  async onReject(): Promise<void> {
    await Promise.resolve();
    throw new Error('rejected');
  }

  @Handles('hang')
  onHang(_event: unknown, context: Context): Promise<void> {
    context.send('test/other', '1', { type: 'never', data: null });
    return new Promise(() => undefined);
  }

  @Handles('wait')
  async onWait(_event: unknown, context: Context): Promise<void> {
    await new Promise(setImmediate);
    context.send('test/other', '1', { type: 'waited', data: null });
  }

  @Handles('leave-open')
  onLeaveOpen(_event: unknown, context: Context): void {
    ProbeFunction.left = context;
  }

  @Handles('mutate')
  onMutate(event: { readonly data: unknown }): void {
    (event.data as { changed: boolean }).changed = true;
  }

  @Handles('send')
  onSend(event: { readonly data: unknown }, context: Context): void {
    const { target, id } = event.data as { target: string; id: string };
    context.send(target, id, { type: 'count', data: 1 });
    context.reply({ type: 'done', data: null });
  }

  @Handles('egress')
  onEgress(_event: unknown, context: Context): void {
    context.egress('test/out', { type: 'out', data: 1 });
  }

  @Handles('later')
  onLater(_event: unknown, context: Context): void {
    context.sendAfter('5s', 'test/other', '1', { type: 'five', data: null });
    context.sendAfter('2s', 'test/other', '1', { type: 'two', data: null }, { cancellationToken: 't' });
    context.sendAfter('3s', 'test/probe', context.self.id, { type: 'cancel', data: null });
  }

  @Handles('cancel')
  onCancel(_event: unknown, context: Context): void {
    context.cancelDelayed('t');
    context.subscribe('test/other', '2');
  }

  @Handles('loop')
  onLoop(_event: unknown, context: Context): void {
    context.send('test/probe', context.self.id, { type: 'loop', data: null });
  }

  @Handles('publish')
  onPublish(event: { readonly data: unknown }, context: Context): void {
    context.metrics.counter('published').increment();
    context.publish({ type: 'published', data: event.data });
  }

  @OnSubscribe()
  current(): NewEvent | undefined {
    return this.count.exists() ? { type: 'current', data: this.count.get() } : undefined;
  }
}

export const factor = (useValue: number): { provide: string; useValue: number } => ({ provide: 'factor', useValue });

export const probe = (options: TestFunctionOptions = {}): Promise<TestFunction> =>
  testFunction(ProbeFunction, { providers: [factor(1)], ...options });

export const event = (type: string, data: unknown = null): NewEvent => ({ type, data });

export const other = { type: 'test/other', id: '1' };
