import { describe, expect, it } from '@jest/globals';
import { StatefulFunctions } from '../../../src/request-reply/serving/functions/stateful-functions.ts';
import type { FunctionContext } from '../../../src/request-reply/serving/functions/function-context.ts';
import type { TypedMessage } from '../../../src/request-reply/serving/functions/typed-message.ts';
import { typed } from '../../../src/request-reply/protocol/typed-values.ts';
import { silentLogger } from '../../../src/shared/logger.ts';
import { int32Type, stringType, type StateType } from '../../../src/state/state-type.ts';
import { testCluster, type TestCluster } from '../../../src/testing/cluster/test-cluster.ts';

const text = (value: string) => typed(stringType(), value);
const int = (value: number) => typed(int32Type(), value);

type Seen = FunctionContext<{ seen: StateType<number> }>;

function cluster(run: (context: Seen, message: TypedMessage) => void, afterCall?: string, batchMessagesMax = 1_000): TestCluster {
  const seen = { type: int32Type(), ...(afterCall === undefined ? {} : { expire: { afterCall } }) };
  const functions = new StatefulFunctions({ logger: silentLogger })
    .bind('demo/counter', (context, message) => run(context as Seen, message), { state: { seen } })
    .bind('demo/echo', (context, message) => {
      if (context.caller !== undefined) context.reply(message);
    });
  return testCluster(functions, { batchMessagesMax });
}

const count = ({ storage }: Seen): void => void (storage.seen = (storage.seen ?? 0) + 1);

describe('testCluster', () => {
  it('keeps the state of each address, and asks for it once', async () => {
    const it = cluster(count);
    await it.send('demo/counter', 'Bob', text('a'));
    await it.send('demo/counter', 'Bob', text('b'));
    await it.send('demo/counter', 'Al', text('c'));
    expect(it.state('demo/counter', 'Bob')).toEqual({ seen: { ...int(2), value: Buffer.from(int(2).value) } });
    expect(it.state('demo/counter', 'Al')['seen']?.value).toEqual(Buffer.from(int(1).value));
    expect(it.specs('demo/counter')).toEqual([{ name: 'seen', typename: 'io.statefun.types/int', expiration: undefined }]);
    expect(it.calls).toBe(4);
  });

  it('delivers what functions send to each other, with the caller, in batches', async () => {
    const it = cluster((context, message) => {
      count(context);
      if (message.asString() === 'start') for (const name of ['x', 'y', 'z']) context.send('demo/echo', 'E', name);
    });
    await it.sendBatch('demo/counter', 'Bob', [text('start'), text('more')]);
    expect(it.sent().map(({ target }) => target.type)).toEqual([
      ...Array<string>(3).fill('demo/echo'),
      ...Array<string>(3).fill('demo/counter'),
    ]);
    expect(it.state('demo/counter', 'Bob')['seen']?.value).toEqual(Buffer.from(int(5).value));
    // One for the states, two of the counter, one of the echo.
    expect(it.calls).toBe(4);
  });

  it('only records messages to functions that are not served', async () => {
    const it = cluster((context) => context.send('python/model', 'm', 'question'));
    await it.send('demo/counter', 'Bob', text('a'));
    expect(it.sent()).toMatchObject([{ target: { type: 'python/model', id: 'm' } }]);
  });

  it('delivers delayed messages when their time comes, unless they are taken back', async () => {
    const seen: string[] = [];
    const it = cluster((context, message) => {
      seen.push(message.asString());
      if (message.asString() !== 'start') return;
      context.sendAfter('30m', 'demo/counter', 'Bob', 'later');
      context.sendAfter('10m', 'demo/counter', 'Bob', 'sooner');
      context.sendAfter('10m', 'demo/counter', 'Bob', 'never', { cancellationToken: 't' });
      context.cancelDelayed('t');
    });
    await it.send('demo/counter', 'Bob', text('start'));
    expect(it.delayed().map(({ delayMs }) => delayMs)).toEqual([1_800_000, 600_000]);
    await it.advance('29m');
    expect(seen).toEqual(['start', 'sooner']);
    await it.advance('1m');
    expect(seen).toEqual(['start', 'sooner', 'later']);
  });

  it('forgets what has expired; a call makes it live on', async () => {
    const it = cluster((context, message) => (message.asString() === 'look' ? undefined : count(context)), '5m');
    await it.send('demo/counter', 'Bob', text('count'));
    await it.advance('4m');
    await it.send('demo/counter', 'Bob', text('look'));
    await it.advance('4m');
    expect(Object.keys(it.state('demo/counter', 'Bob'))).toEqual(['seen']);
    await it.advance('1m');
    expect(it.state('demo/counter', 'Bob')).toEqual({});
  });

  it('begins with the state it is given', async () => {
    const it = cluster(count);
    it.given('demo/counter', 'Bob', 'seen', int(41));
    await it.send('demo/counter', 'Bob', text('a'));
    expect(it.state('demo/counter', 'Bob')['seen']?.value).toEqual(Buffer.from(int(42).value));
  });

  it('fails where the job of a cluster fails', async () => {
    const it = cluster((context) => context.sendAfter(1, 'demo/counter', 'Bob', 'x', { cancellationToken: 't' }));
    await it.send('demo/counter', 'Bob', text('a'));
    await expect(it.send('demo/counter', 'Bob', text('a'))).rejects.toThrow(
      'TEST_CLUSTER_JOB_FAILED: demo/counter/Bob uses the cancellation token "t"',
    );
    const failing = cluster(() => {
      throw new Error('no');
    });
    await expect(failing.send('demo/counter', 'Bob', text('a'))).rejects.toThrow('FUNCTION_FAILED');
  });
});
