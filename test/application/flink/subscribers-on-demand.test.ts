import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { defineApplication } from '../../../src/application/definition.ts';
import { flinkApplication, type FlinkApplication } from '../../../src/application/flink/serve-application.ts';
import { kinesisEgress } from '../../../src/connectors/kinesis/kinesis-egress.ts';
import type { CloudEvent, NewEvent } from '../../../src/envelope/cloud-event.ts';
import { Forwarder } from '../../../src/forwarders/forwarder-decorator.ts';
import type { Context } from '../../../src/functions/context.ts';
import { Handles, OnSubscribe, StatefunFunction } from '../../../src/functions/decorators.ts';
import type { BatchResponse } from '../../../src/functions/remote/invocation-batch.ts';
import { decodeKinesisRecord } from '../../../src/request-reply/protocol/egress-records.ts';
import type { TypedValue } from '../../../src/shared/typed-value.ts';
import { Persisted } from '../../../src/state/persisted.ts';
import { PersistedValue } from '../../../src/state/persisted-value.ts';
import { int32Type } from '../../../src/state/state-type.ts';
import { testCluster, type TestCluster } from '../../../src/testing/cluster/test-cluster.ts';
import { call, LogDouble } from '../../request-reply/runtime.ts';

/** Every run of a handler, also those whose effects were dropped. */
const runs: string[] = [];

/** Nothing about the class says that it publishes. */
@StatefunFunction('news/paper', { retry: { attemptsMax: 3, delay: 0 }, handlerTimeout: 5 })
class Paper {
  @Persisted() private readonly count = PersistedValue.of<number>({ type: int32Type() });

  @Handles()
  async on(event: CloudEvent, context: Context): Promise<void> {
    runs.push(event.id);
    this.count.set((this.count.get() ?? 0) + 1);
    context.egress('news/out', { type: 'news.counted', data: { count: this.count.get() } });
    const issue = { type: 'news.issue', data: { count: this.count.get() } };
    if (event.type === 'print') context.publish(issue);
    if (event.type === 'fail') throw new Error('no ink');
    if (event.type === 'print-and-fail') {
      context.publish(issue);
      throw new Error('no paper');
    }
    if (event.type === 'print-and-hang') {
      context.publish(issue);
      await new Promise(() => undefined);
    }
  }
}

/** Has no state. */
@StatefunFunction('news/reader')
class Reader {
  @Handles('subscribe')
  onSubscribe(_event: CloudEvent, context: Context): void {
    context.subscribe(Paper, 'times');
  }

  @Handles('unsubscribe')
  onUnsubscribe(_event: CloudEvent, context: Context): void {
    context.unsubscribe(Paper, 'times');
  }

  @Handles('query')
  onQuery(_event: CloudEvent, context: Context): void {
    context.query(Paper, 'times');
  }

  @Handles('news.issue')
  onIssue({ data }: CloudEvent, context: Context): void {
    context.egress('news/out', { type: 'news.read', data });
  }
}

@StatefunFunction('news/ticker')
class Ticker {
  @Handles('tick')
  onTick(): void {
    // What it answers is all there is to it.
  }

  @OnSubscribe()
  current(): NewEvent {
    return { type: 'news.issue', data: {} };
  }
}

@Forwarder('never')
class Nothing {
  forward(): void {
    // The tests send to the functions themselves.
  }
}

const application = defineApplication({
  name: 'news',
  functions: [Paper, Reader, Ticker],
  forwarders: [Nothing],
  egress: [kinesisEgress('news/out', { stream: 'out' })],
});

const times = { type: 'news/paper', id: 'times' };
const message = (type: string, id = type): TypedValue => ({
  typename: 'io.cloudevents/CloudEvent',
  hasValue: true,
  value: Buffer.from(JSON.stringify({ specversion: '1.0', id, source: '/test', type, data: {} })),
});
const invocations = (...types: readonly string[]) => types.map((type) => ({ caller: undefined, argument: message(type) }));
const attached = (...names: readonly string[]) => names.map((name) => ({ name, value: undefined }));
const missing = (response: BatchResponse) => (response.kind === 'incomplete' ? response.missing.map(({ name }) => name) : 'nothing');

/** What leaves, as type and the data that tells records apart. */
function leaving(from: TestCluster): readonly (readonly unknown[])[] {
  return from.egress().map(({ argument }) => {
    const event = JSON.parse(Buffer.from(decodeKinesisRecord(argument.value).value).toString()) as CloudEvent<Record<string, unknown>>;
    const { count, code, reason, attempts } = event.data;
    return event.type === 'statefun.dead-letter' ? [event.type, reason, code, attempts] : [event.type, count];
  });
}

describe('The subscribers of a served class', () => {
  let log: LogDouble;
  const opened: FlinkApplication[] = [];
  const serve = async (): Promise<FlinkApplication> => {
    const served = await flinkApplication(application, { logger: log, configuration: {} });
    opened.push(served);
    return served;
  };
  beforeEach(() => {
    log = new LogDouble();
    runs.length = 0;
  });
  afterEach(() => Promise.all(opened.splice(0).map((served) => served.close())));

  it('cost a type that has none no round: neither one without cells nor one whose cells are attached', async () => {
    const { handler } = await serve();
    const reader = { type: 'news/reader', id: 'Ann' };
    expect(await call(handler, { target: reader, states: [], invocations: invocations('subscribe') })).toMatchObject({ kind: 'result' });
    expect(missing(await call(handler, { target: times, states: [], invocations: invocations('count') }))).toEqual(['count']);
    const counted = await call(handler, { target: times, states: attached('count'), invocations: invocations('count') });
    expect(counted).toMatchObject({ kind: 'result', mutations: [{ name: 'count' }] });
  });

  it('are asked for when a type publishes for the first time, and then never again', async () => {
    const cluster = testCluster((await serve()).handler);
    await cluster.send('news/paper', 'times', message('count'));
    expect(cluster.calls).toBe(2);
    await cluster.send('news/paper', 'times', message('print'));
    expect(cluster.calls).toBe(4);
    for (const id of ['times', 'post', 'sun']) await cluster.send('news/paper', id, message('print'));
    expect(cluster.calls).toBe(7);
    expect(cluster.specs('news/paper').map(({ name, typename }) => [name, typename])).toEqual([
      ['count', 'io.statefun.types/int'],
      ['$subscribers', 'statefun.types/table'],
    ]);
    expect(cluster.specs('news/reader')).toEqual([]);
  });

  it('are asked for by the first one, and all of them are kept', async () => {
    const cluster = testCluster((await serve()).handler);
    for (const id of ['Ann', 'Bob', 'Cy']) await cluster.send('news/reader', id, message('subscribe'));
    await cluster.send('news/reader', 'Bob', message('unsubscribe'));
    await cluster.send('news/paper', 'times', message('print'));
    const readers = cluster.sent().filter(({ target, argument }) => target.type === 'news/reader' && argument.hasValue);
    expect(readers.map(({ target }) => target.id)).toEqual(['Ann', 'Cy']);
    expect(leaving(cluster)).toEqual([
      ['news.counted', 1],
      ['news.read', 1],
      ['news.read', 1],
    ]);
  });

  it.each([
    ['unsubscribe', ['count', '$subscribers']],
    ['query', ['count']],
  ])('are needed for a message that changes them, and not for one that only asks: %s', async (type, names) => {
    const cluster = testCluster((await serve()).handler);
    await cluster.send('news/reader', 'Ann', message(type));
    expect(cluster.specs('news/paper').map(({ name }) => name)).toEqual(names);
  });

  it('are declared from the start by a class that answers them', async () => {
    const { handler } = await serve();
    const target = { type: 'news/ticker', id: 't' };
    expect(missing(await call(handler, { target, states: [], invocations: invocations('tick') }))).toEqual(['$subscribers']);
  });

  it('drop all effects of the batch that asks for them: the second of three messages publishes, and nothing is there twice', async () => {
    const before = testCluster((await serve()).handler);
    await before.send('news/reader', 'Ann', message('subscribe'));
    const { $subscribers: subscribers = message('none') } = before.state('news/paper', 'times');
    const cluster = testCluster((await serve()).handler);
    cluster.given('news/paper', 'times', '$subscribers', subscribers);
    await cluster.sendBatch('news/paper', 'times', [message('count', '1'), message('print', '2'), message('count', '3')]);
    expect(leaving(cluster)).toEqual([
      ['news.counted', 1],
      ['news.counted', 2],
      ['news.counted', 3],
      ['news.read', 2],
    ]);
    expect(cluster.state('news/paper', 'times')).toMatchObject({
      count: { value: Buffer.from([0x0d, 3, 0, 0, 0]) },
      $subscribers: subscribers,
    });
    // The third was not begun in the first round.
    expect(runs).toEqual(['1', '2', '1', '2', '3']);
  });

  it('leave retries and dead letters as they are: attempts count anew, and a dead letter is logged and sent once', async () => {
    const cluster = testCluster((await serve()).handler);
    await cluster.sendBatch('news/paper', 'times', [message('fail'), message('print-and-fail'), message('print')]);
    expect(leaving(cluster)).toEqual([
      ['statefun.dead-letter', 'no ink', 'Error', 3],
      ['statefun.dead-letter', 'no paper', 'Error', 3],
      ['news.counted', 1],
    ]);
    const failed = log.lines.filter(({ line }) => line === 'warn attempt failed').map(({ fields }) => fields['attempt']);
    // The first message fails in both rounds. Where the table is missing, the second one does not count as failed.
    expect(failed).toEqual([1, 2, 3, 1, 2, 3, 1, 2, 3]);
    expect(log.lines.filter(({ line }) => line === 'error dead letter')).toHaveLength(2);
    expect(runs).toEqual([
      ...['fail', 'fail', 'fail', 'print-and-fail'],
      ...['fail', 'fail', 'fail', 'print-and-fail', 'print-and-fail', 'print-and-fail', 'print'],
    ]);
  });

  it('are asked for by a handler that does not settle, too', async () => {
    const cluster = testCluster((await serve()).handler);
    await cluster.send('news/paper', 'times', message('print-and-hang'));
    expect(cluster.specs('news/paper').map(({ name }) => name)).toEqual(['count', '$subscribers']);
    expect(leaving(cluster)).toEqual([['statefun.dead-letter', expect.stringContaining('did not settle'), 'HANDLER_TIMEOUT', 3]]);
    expect(runs).toHaveLength(4);
  });

  it('are asked for before a handler runs, once a type has used them: by batches in flight, and by a cluster that starts anew', async () => {
    const { handler } = await serve();
    const print = { target: times, states: attached('count'), invocations: invocations('print') };
    expect(missing(await call(handler, print))).toEqual(['$subscribers']);
    expect(runs).toEqual(['print']);
    expect(missing(await call(handler, { ...print, target: { ...times, id: 'post' } }))).toEqual(['$subscribers']);
    expect(missing(await call(handler, { ...print, states: [] }))).toEqual(['count', '$subscribers']);
    expect(runs).toEqual(['print']);
  });

  it('need no memory of the process: one that starts anew takes what the cluster attaches', async () => {
    const cluster = testCluster((await serve()).handler);
    await cluster.send('news/reader', 'Ann', message('subscribe'));
    const stored = Object.entries(cluster.state('news/paper', 'times')).map(([name, value]) => ({ name, value }));
    expect(stored.map(({ name }) => name)).toEqual(['$subscribers']);
    const { handler } = await serve();
    const printed = await call(handler, { target: times, states: [...attached('count'), ...stored], invocations: invocations('print') });
    expect(printed).toMatchObject({ kind: 'result', messages: [{ target: { type: 'news/reader', id: 'Ann' } }] });
    expect(runs).toEqual(['print']);
  });

  it('are checked where they are attached, whether the class has asked for them or not', async () => {
    const { handler } = await serve();
    const states = [...attached('count'), { name: '$subscribers', value: { typename: 'demo/other', hasValue: true, value: Buffer.of(1) } }];
    await expect(call(handler, { target: times, states, invocations: invocations('count') })).rejects.toThrow(
      'STATE_TYPE_CHANGED: state "$subscribers" of "news/paper" is declared as "statefun.types/table", but stored as "demo/other"',
    );
  });
});
