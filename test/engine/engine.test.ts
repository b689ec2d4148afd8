import { afterEach, describe, expect, it } from '@jest/globals';
import type { CloudEvent } from '../../src/envelope/cloud-event.ts';
import type { Context } from '../../src/functions/context.ts';
import { Handles, OnSubscribe, StatefunFunction } from '../../src/functions/decorators.ts';
import { Persisted } from '../../src/state/persisted.ts';
import { PersistedList } from '../../src/state/persisted-list.ts';
import { PersistedValue } from '../../src/state/persisted-value.ts';
import { EngineBed } from './engine-bed.ts';

@StatefunFunction('test/counter')
class Counter {
  @Persisted() private readonly count = PersistedValue.of<number>();

  @Handles('count')
  onCount(_event: CloudEvent, context: Context): void {
    this.count.set(this.count.getOrDefault(0) + 1);
    context.egress('test/out', { type: 'counted', data: { id: context.self.id, count: this.count.get(), messageId: context.messageId } });
  }

  @Handles('count-later')
  onCountLater(_event: CloudEvent, context: Context): void {
    context.sendAfter('10s', 'test/counter', context.self.id, { type: 'count', data: null }, { cancellationToken: 'later' });
  }

  @Handles('cancel')
  onCancel(_event: CloudEvent, context: Context): void {
    context.cancelDelayed('later');
  }
}

@StatefunFunction('test/chain')
class Chain {
  @Persisted() private readonly seen = PersistedList.of<string>();

  @Handles('start')
  onStart(event: CloudEvent, context: Context): void {
    for (const id of ['a', 'b']) for (const step of [1, 2, 3]) context.send('test/chain', id, { type: 'step', data: { step } });
    this.seen.append(event.id);
  }

  @Handles('step')
  onStep(event: CloudEvent<{ step: number }>, context: Context): void {
    this.seen.append(`${context.caller?.id}:${event.data.step}`);
    context.reply({ type: 'done', data: { step: event.data.step } });
  }

  @Handles()
  onAnything(event: CloudEvent, context: Context): void {
    this.seen.append(`${event.type} from ${context.caller?.id}`);
  }
}

@StatefunFunction('test/publisher')
class Publisher {
  @Persisted() private readonly latest = PersistedValue.of<{ value: number }>();

  @Handles('publish')
  onPublish(event: CloudEvent<{ value: number }>, context: Context): void {
    this.latest.set({ value: event.data.value });
    context.publish({ type: 'published', data: { value: event.data.value } });
  }

  @OnSubscribe()
  current() {
    const data = this.latest.get();
    return data && { type: 'published', data };
  }
}

@StatefunFunction('test/subscriber')
class Subscriber {
  @Persisted() private readonly values = PersistedList.of<number>();

  @Handles('published')
  onPublished(event: CloudEvent<{ value: number }>): void {
    this.values.append(event.data.value);
  }

  @Handles()
  onOther(event: CloudEvent<{ publisher: string }>, context: Context): void {
    if (event.type === 'subscribe') context.subscribe('test/publisher', event.data.publisher);
    if (event.type === 'unsubscribe') context.unsubscribe('test/publisher', event.data.publisher);
    if (event.type === 'query') context.query('test/publisher', event.data.publisher);
  }
}

describe('Engine', () => {
  let bed: EngineBed;
  afterEach(() => bed.engine.stop());

  it('changes state, commits, and then sends the egress record with the message id as event id', async () => {
    bed = await EngineBed.start([Counter]);
    await bed.receives('test/counter/a', 'count');
    await bed.receives('test/counter/a', 'count');
    await bed.receives('test/counter/b', 'count');

    expect(await bed.state('test/counter/a')).toEqual({ count: 2 });
    expect(bed.egressData).toMatchObject([
      { id: 'a', count: 1 },
      { id: 'a', count: 2 },
      { id: 'b', count: 1 },
    ]);
    const ids = bed.out.events.map((event) => event.id);
    expect(new Set(ids).size).toBe(3);
    expect(bed.out.records.map((record) => [record.id, record.key])).toEqual([
      [ids[0], 'a'],
      [ids[1], 'a'],
      [ids[2], 'b'],
    ]);
    expect(bed.engine.statistics()).toMatchObject({ recordsTaken: 3, invocations: 3, egressRecords: { 'test/out': 3 }, outboxRecords: 0 });
  });

  it('keeps the order of messages from one sender to one target, and names the caller', async () => {
    bed = await EngineBed.start([Chain]);
    await bed.receives('test/chain/root', 'start');

    expect(await bed.state('test/chain/a')).toEqual({ seen: ['root:1', 'root:2', 'root:3'] });
    expect(await bed.state('test/chain/b')).toEqual({ seen: ['root:1', 'root:2', 'root:3'] });
    const { seen } = (await bed.state('test/chain/root')) as { seen: string[] };
    expect(seen.filter((entry) => entry === 'done from a')).toHaveLength(3);
    expect(seen.filter((entry) => entry === 'done from b')).toHaveLength(3);
  });

  it('delivers a delayed message when its time has come and not before', async () => {
    bed = await EngineBed.start([Counter]);
    await bed.receives('test/counter/a', 'count-later');
    await bed.advance(9_999);
    expect(await bed.state('test/counter/a')).toEqual({});
    await bed.advance(1);
    expect(await bed.state('test/counter/a')).toEqual({ count: 1 });
  });

  it('takes back a delayed message by its token, and lets the token be used again', async () => {
    bed = await EngineBed.start([Counter]);
    await bed.receives('test/counter/a', 'count-later');
    await bed.receives('test/counter/a', 'cancel');
    await bed.advance(60_000);
    expect(await bed.state('test/counter/a')).toEqual({});
    await bed.receives('test/counter/a', 'count-later');
    await bed.advance(10_000);
    expect(await bed.state('test/counter/a')).toEqual({ count: 1 });
  });

  it('gives up a message that uses a token which is still pending', async () => {
    bed = await EngineBed.start([Counter]);
    await bed.receives('test/counter/a', 'count-later');
    await bed.receives('test/counter/a', 'count-later');
    expect(bed.engine.deadLetters()).toMatchObject([{ kind: 'message', code: 'DELAYED_TOKEN_IN_USE', target: 'test/counter/a' }]);
  });

  it('sends published events to subscribers, answers a subscription with what is known, and keeps one made before that', async () => {
    bed = await EngineBed.start([Publisher, Subscriber]);
    await bed.receives('test/subscriber/early', 'subscribe', { publisher: 'p' });
    expect(await bed.state('test/subscriber/early')).toEqual({});
    await bed.receives('test/publisher/p', 'publish', { value: 1 });
    await bed.receives('test/subscriber/late', 'subscribe', { publisher: 'p' });
    await bed.receives('test/subscriber/once', 'query', { publisher: 'p' });
    await bed.receives('test/publisher/p', 'publish', { value: 2 });
    await bed.receives('test/subscriber/early', 'unsubscribe', { publisher: 'p' });
    await bed.receives('test/publisher/p', 'publish', { value: 3 });

    expect(await bed.state('test/subscriber/early')).toEqual({ values: [1, 2] });
    expect(await bed.state('test/subscriber/late')).toEqual({ values: [1, 2, 3] });
    expect(await bed.state('test/subscriber/once')).toEqual({ values: [1] });
  });

  it('goes on publishing when the function of a subscriber is gone; only its message is a dead letter', async () => {
    bed = await EngineBed.start([Publisher, Subscriber, Chain]);
    await bed.receives('test/publisher/p', 'statefun.function-subscription', {
      action: 'SUBSCRIBE',
      publisher: { namespace: 'test', type: 'publisher', id: 'p' },
      subscriber: { namespace: 'test', type: 'chain', id: 'c' },
    });
    await bed.receives('test/subscriber/s', 'subscribe', { publisher: 'p' });
    await bed.engine.stop();
    const { store, clock } = bed;
    bed = new EngineBed([Publisher, Subscriber], { store, clock });
    for (let number = 0; number < 2; number += 1) bed.feed('test/publisher/p', 'publish', { value: 0 });
    await bed.engine.start();
    await bed.receives('test/publisher/p', 'publish', { value: 7 });
    expect(await bed.state('test/subscriber/s')).toEqual({ values: [7] });
    expect(bed.engine.deadLetters()).toMatchObject([{ code: 'UNKNOWN_FUNCTION', target: 'test/chain/c' }]);
  });

  it('goes on after a stop where it was: state, delayed messages and positions', async () => {
    bed = await EngineBed.start([Counter]);
    await bed.receives('test/counter/a', 'count');
    await bed.receives('test/counter/a', 'count-later');
    await bed.engine.stop();

    const { store, clock } = bed;
    bed = await EngineBed.start([Counter], { store, clock });
    expect(await bed.state('test/counter/a')).toEqual({ count: 1 });
    await bed.advance(10_000);
    expect(await bed.state('test/counter/a')).toEqual({ count: 2 });
    expect(bed.engine.pendingDelayed()).toEqual([]);
  });
});
