import { afterEach, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { testApplication } from 'statefun/testing';
import shoppingCart from '../../../examples/shopping-cart/src/application.ts';
import { defineApplication, type ApplicationOptions } from '../../../src/application/definition.ts';
import { flinkApplication, type FlinkApplication, type FlinkServingOptions } from '../../../src/application/flink/serve-application.ts';
import { memoryEgress } from '../../../src/connectors/memory/memory-egress.ts';
import { kinesisEgress } from '../../../src/connectors/kinesis/kinesis-egress.ts';
import type { CloudEvent } from '../../../src/envelope/cloud-event.ts';
import type { Downstream } from '../../../src/forwarders/event-forwarder.ts';
import { Forwarder } from '../../../src/forwarders/forwarder-decorator.ts';
import type { Context } from '../../../src/functions/context.ts';
import { Handles, StatefunFunction } from '../../../src/functions/decorators.ts';
import type { FunctionOptions } from '../../../src/functions/failure-policy.ts';
import { decodeKinesisRecord } from '../../../src/request-reply/protocol/egress-records.ts';
import { silentLogger } from '../../../src/shared/logger.ts';
import type { TypedValue } from '../../../src/shared/typed-value.ts';
import { Persisted } from '../../../src/state/persisted.ts';
import { PersistedValue } from '../../../src/state/persisted-value.ts';
import { int32Type } from '../../../src/state/state-type.ts';
import { testCluster, type TestCluster } from '../../../src/testing/cluster/test-cluster.ts';

const opened: FlinkApplication[] = [];

async function cluster(application: Parameters<typeof flinkApplication>[0], options: FlinkServingOptions = {}): Promise<TestCluster> {
  const served = await flinkApplication(application, { logger: silentLogger, configuration: {}, ...options });
  opened.push(served);
  return testCluster(served.handler);
}

afterEach(async () => {
  await Promise.all(opened.splice(0).map((served) => served.close()));
});

const eventValue = (event: unknown): TypedValue => ({
  typename: 'io.cloudevents/CloudEvent',
  hasValue: true,
  value: Buffer.from(JSON.stringify(event)),
});

/** What a Kinesis egress of the cluster is sent. */
function kinesis(from: TestCluster) {
  return from.egress().map(({ egressId, argument }) => {
    const { stream, partitionKey, value } = decodeKinesisRecord(argument.value);
    return { egressId, stream, partitionKey, event: JSON.parse(Buffer.from(value).toString()) as CloudEvent<Record<string, unknown>> };
  });
}

const events = (file: URL): CloudEvent[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as CloudEvent)
    .filter(({ type }) => !type.startsWith('test.'));

/** Counts every message; some of them fail. */
function countingClass(options: FunctionOptions) {
  @StatefunFunction('test/counter', options)
  class Counter {
    @Persisted() private readonly count = PersistedValue.of<number>({ type: int32Type() });

    @Handles('test.count')
    async onCount({ data }: CloudEvent<{ fail?: boolean; hang?: boolean }>, context: Context): Promise<void> {
      const count = (this.count.get() ?? 0) + 1;
      this.count.set(count);
      if (data.hang === true) await new Promise(() => undefined);
      if (data.fail === true) throw new Error('no luck');
      context.egress('test/counts', { type: 'test.counted', data: { count, caller: context.caller ?? null } });
    }

    @Handles('test.later')
    onLater(_event: CloudEvent, context: Context): void {
      context.sendAfter('1m', 'test/counter', context.self.id, { type: 'test.count', data: {} }, { cancellationToken: 'later' });
    }
  }
  return Counter;
}

@Forwarder()
class ToCounter {
  accept(event: CloudEvent): boolean {
    return event.type.startsWith('test.');
  }

  forward(event: CloudEvent<{ id?: string }>, downstream: Downstream): void {
    if (event.type === 'test.broken') throw new Error('broken forwarder');
    downstream.send('test/counter', event.data.id ?? 'one', event);
  }
}

const counting = (options: FunctionOptions = {}, more: Partial<ApplicationOptions> = {}) =>
  defineApplication({
    name: 'counting',
    functions: [countingClass(options)],
    forwarders: [ToCounter],
    egress: [kinesisEgress('test/counts', { stream: 'counts' })],
    ...more,
  });

const count = (id: string, data: object = {}, type = 'test.count') => eventValue({ specversion: '1.0', id, source: '/t', type, data });

describe('an application of classes on a cluster', () => {
  it('sends out what it sends out on the embedded engine', async () => {
    for (const file of [
      'examples/shopping-cart/test/fixtures/cart-lifecycle.jsonl',
      'test/resources/product-cart-integration-test-events.jsonl',
    ]) {
      const fixture = new URL(`../../../${file}`, import.meta.url);
      const embedded = await testApplication(shoppingCart);
      await embedded.play(fixture);
      const expected = embedded
        .egress()
        .map(({ egressId, key, event }) => ({ egressId, partitionKey: key, type: event.type, data: event.data }));
      await embedded.stop();
      const it = await cluster(shoppingCart);
      for (const event of events(fixture)) await it.send('shopping-cart/router', 'any', eventValue(event));
      expect(expected.length).toBeGreaterThan(0);
      expect(kinesis(it).map(({ egressId, partitionKey, event: { type, data } }) => ({ egressId, partitionKey, type, data }))).toEqual(
        expected,
      );
    }
  });

  it('keeps values, tables and the subscribers of those who have some as states of their own', async () => {
    const it = await cluster(shoppingCart);
    const fixture = new URL('../../../examples/shopping-cart/test/fixtures/cart-lifecycle.jsonl', import.meta.url);
    for (const event of events(fixture)) await it.send('shopping-cart/router', 'any', eventValue(event));
    expect(it.specs('example/cart').map(({ name, typename }) => `${name} ${typename}`)).toEqual(['items statefun.types/table']);
    expect(it.specs('example/product').map(({ name, typename }) => `${name} ${typename}`)).toEqual([
      'details statefun.types/json',
      '$subscribers statefun.types/table',
    ]);
    expect(it.specs('shopping-cart/router')).toEqual([]);
  });

  it('gives the same message the same ids whenever it is sent again', async () => {
    const ids: string[][] = [];
    for (let run = 0; run < 2; run++) {
      const it = await cluster(counting());
      await it.send('counting/router', 'k', count('e1'));
      await it.send('counting/router', 'k', count('e2'));
      ids.push(kinesis(it).map(({ event }) => event.id));
    }
    expect(ids[0]).toEqual(ids[1]);
    expect(new Set(ids[0]).size).toBe(2);
  });

  it('tells handlers of no caller for what comes from an ingress', async () => {
    const it = await cluster(counting());
    await it.send('counting/router', 'k', count('e1'));
    expect(kinesis(it)[0]?.event.data).toEqual({ count: 1, caller: null });
  });

  it('takes messages of functions in other languages', async () => {
    const it = await cluster(counting());
    await it.send('test/counter', 'one', count('e1'), { type: 'python/model', id: 'm' });
    expect(kinesis(it)[0]?.event.data).toEqual({ count: 1, caller: { type: 'python/model', id: 'm' } });
  });

  it('delays messages, and refuses a token that is pending in the same call', async () => {
    const it = await cluster(counting());
    await it.send('counting/router', 'k', count('e1', {}, 'test.later'));
    expect(it.delayed()).toMatchObject([{ target: { type: 'test/counter', id: 'one' }, delayMs: 60_000, cancellationToken: 'later' }]);
    await it.advance('1m');
    expect(kinesis(it).map(({ event }) => event.data)).toEqual([{ count: 1, caller: { type: 'test/counter', id: 'one' } }]);
  });

  it('tries a message again within the call, then sends it to the dead letters, and leaves no trace of it', async () => {
    const it = await cluster(counting({ retry: { attemptsMax: 3, delay: 1 } }));
    await it.sendBatch('test/counter', 'one', [count('a'), count('b', { fail: true }), count('c')]);
    const [first, dead, last] = kinesis(it);
    expect(first?.event.data['count']).toBe(1);
    expect(last?.event.data['count']).toBe(2);
    expect(dead).toMatchObject({
      egressId: 'counting/dead-letters',
      stream: 'counting-dead-letters',
      partitionKey: 'one',
      event: {
        type: 'statefun.dead-letter',
        source: '/counting',
        data: { code: 'Error', reason: 'no luck', attempts: 3, target: 'test/counter/one', event: { id: 'b' } },
      },
    });
  });

  it('skips a message where the policy says so', async () => {
    const it = await cluster(counting({ retry: { attemptsMax: 1 }, onFailure: 'skip' }));
    await it.sendBatch('test/counter', 'one', [count('a', { fail: true }), count('b')]);
    expect(kinesis(it).map(({ event }) => event.type)).toEqual(['test.counted']);
  });

  it('abandons a handler that does not settle', async () => {
    const it = await cluster(counting({ retry: { attemptsMax: 1 }, handlerTimeout: 5 }));
    await it.send('test/counter', 'one', count('a', { hang: true }));
    expect(kinesis(it)[0]?.event.data).toMatchObject({ code: 'HANDLER_TIMEOUT', attempts: 1 });
  });

  it('gives up when the budget of the call is used', async () => {
    const it = await cluster(counting({ retry: { attemptsMax: 100, delay: '1h', delayMax: '1h' } }), { retryBudget: 50 });
    await it.send('test/counter', 'one', count('a', { fail: true }));
    expect(kinesis(it)[0]?.event.data).toMatchObject({ attempts: 1, reason: 'no luck' });
  });

  it.each([
    ['an event that no forwarder accepts', eventValue({ specversion: '1.0', id: 'x', source: '/t', type: 'other' }), 'NO_FORWARDER'],
    ['a record that is no event', { typename: 'io.cloudevents/CloudEvent', hasValue: true, value: Buffer.from('{') }, 'RECORD_NOT_JSON'],
    ['a record of no ingress', { typename: 'demo/other', hasValue: true, value: Buffer.from('{') }, 'VALUE_TYPE_MISMATCH'],
    ['an event whose forwarder fails', count('x', {}, 'test.broken'), 'FORWARDER_FAILED'],
  ])('sends %s to the dead letters', async (_name, record, code) => {
    const it = await cluster(counting());
    await it.send('counting/router', 'k', record);
    expect(kinesis(it)).toMatchObject([{ egressId: 'counting/dead-letters', partitionKey: 'k', event: { data: { code } } }]);
  });

  it('sends a message that cannot be read to the dead letters', async () => {
    const it = await cluster(counting());
    await it.send('test/counter', 'one', { typename: 'statefun.types/envelope', hasValue: true, value: Buffer.of(0xff) });
    expect(kinesis(it)).toMatchObject([{ event: { data: { code: 'ENVELOPE_UNREADABLE', bytes: '/w==' } } }]);
  });

  it('sends a record that is too large for its stream to the dead letters, without what is in it', async () => {
    const egress = [kinesisEgress('test/counts', { stream: 'counts', recordBytesMax: 1_500 })];
    const it = await cluster(counting({ retry: { attemptsMax: 1 } }, { egress }));
    // Not even the caller's id leaves room for the record.
    await it.send('test/counter', 'one', count('a'), { type: 'python/model', id: 'm'.repeat(400) });
    await it.send('test/counter', 'one', count('b', { fail: true, filling: 'x'.repeat(5_000) }));
    expect(kinesis(it)).toMatchObject([
      { egressId: 'counting/dead-letters', event: { data: { code: 'KINESIS_RECORD_TOO_LARGE' } } },
      { egressId: 'counting/dead-letters', event: { data: { reason: 'no luck', leftOutBytes: expect.any(Number) } } },
    ]);
    expect(kinesis(it)[1]?.event.data['event']).toBeUndefined();
  });

  it('counts unmatched events where the application says so', async () => {
    const it = await cluster(counting({}, { unmatchedEvents: 'count' }));
    await it.send('counting/router', 'k', eventValue({ specversion: '1.0', id: 'x', source: '/t', type: 'other' }));
    expect(it.egress()).toEqual([]);
  });

  it('is refused with everything that does not exist there', async () => {
    const application = counting({ onFailure: 'stop' }, { egress: [memoryEgress('test/counts')] });
    await expect(flinkApplication(application, { logger: silentLogger, configuration: {} })).rejects.toMatchObject({
      code: 'FLINK_UNSUPPORTED',
      facts: {
        problems: [
          'function "test/counter" has onFailure "stop": a cluster does not support it; use "dead-letter" or "skip".',
          expect.stringContaining('egress "test/counts"'),
        ],
      },
    });
  });

  it('writes to the playground under the names of its egresses', async () => {
    const it = await cluster(counting({ retry: { attemptsMax: 1 } }, { egress: [memoryEgress('test/counts')] }), { playground: true });
    await it.sendBatch('test/counter', 'one', [count('a'), count('b', { fail: true })]);
    const records = it.egress().map(({ egressId, argument }) => ({
      egressId,
      ...(JSON.parse(Buffer.from(argument.value).toString()) as { topic: string; payload: string }),
    }));
    expect(records.map(({ egressId, topic }) => `${egressId} ${topic}`)).toEqual([
      'io.statefun.playground/egress counts',
      'io.statefun.playground/egress dead-letters',
    ]);
  });
});
