import { describe, expect, it } from '@jest/globals';
import { writeFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineApplication } from '../../src/application/definition.ts';
import { eventType, type EventOf } from '../../src/envelope/event-type.ts';
import type { Context } from '../../src/functions/context.ts';
import { Handles, StatefunFunction } from '../../src/functions/decorators.ts';
import { Persisted } from '../../src/state/persisted.ts';
import { PersistedValue } from '../../src/state/persisted-value.ts';
import { testFunction } from '../../src/testing/test-function.ts';
import { event, factor, other, probe, ProbeFunction } from './probe-function.ts';

// #region function
const Deposited = eventType<{ readonly amount: number }>('bank.deposited');
const Reminder = eventType<{ readonly text: string }>('bank.reminder');

@StatefunFunction('bank/account')
class AccountFunction {
  @Persisted() private readonly balance = PersistedValue.of<number>();

  @Handles(Deposited)
  onDeposit({ data }: EventOf<typeof Deposited>, context: Context): void {
    if (data.amount <= 0) throw new Error(`an amount of ${data.amount} cannot be deposited`);
    this.balance.update((balance = 0) => balance + data.amount);
    context.send('bank/ledger', 'main', Deposited.create(data));
    context.sendAfter('30d', context.self.type, context.self.id, Reminder.create({ text: 'Come again' }), {
      cancellationToken: 'reminder',
    });
  }

  @Handles(Reminder)
  onReminder({ data }: EventOf<typeof Reminder>, context: Context): void {
    context.egress('bank/letters', Reminder.create(data), { key: 'post' });
  }
}
// #endregion function

describe('testFunction', () => {
  it('documents an account', async () => {
    // #region isolated
    const account = await testFunction(AccountFunction, { id: 'a-1', state: { balance: 40 } });

    await account.receives(Deposited.create({ amount: 2 }));

    expect(account.state).toEqual({ balance: 42 });
    expect(account.sentTo('bank/ledger', 'main')).toMatchObject([{ type: 'bank.deposited', data: { amount: 2 } }]);
    expect(account.delayed).toMatchObject([{ to: { type: 'bank/account', id: 'a-1' }, cancellationToken: 'reminder' }]);

    await account.advance('30d');

    expect(account.egress).toMatchObject([{ egressId: 'bank/letters', key: 'post', event: { data: { text: 'Come again' } } }]);
    // #endregion isolated
  });

  it('documents a fixture', async () => {
    // #region fixture
    const account = await testFunction(AccountFunction, { id: 'a-1' });
    await account.play(new URL('./fixtures/account.jsonl', import.meta.url));
    // #endregion fixture
    expect(account.state).toEqual({ balance: 40 });
  });

  it('documents a failure', async () => {
    // #region failure
    const account = await testFunction(AccountFunction);

    await expect(account.receives(Deposited.create({ amount: -1 }))).rejects.toThrow('cannot be deposited');

    expect(account.state).toEqual({});
    expect(account.sent).toEqual([]);
    // #endregion failure
  });

  it('starts from the given state and keeps what handlers write, tables as objects and lists as arrays', async () => {
    const test = await probe({ state: { count: 40, table: { old: 1 }, list: ['first'] } });
    await test.receives(event('count', 2));
    expect(test.state).toEqual({ count: 42, table: { old: 1, 'by 2': 2 }, list: ['first', '+2'] });
  });

  it('makes a new instance for every message, so that a field is no state', async () => {
    const test = await probe();
    await test.receives(event('count', 1));
    await test.receives(event('count', 1));
    expect(test.state).toMatchObject({ count: 2 });
  });

  it('takes providers from the application, and puts those of the test in their place', async () => {
    const application = defineApplication({ functions: [AccountFunction], providers: [factor(10)] });
    const declared = await testFunction(ProbeFunction, { application });
    await declared.receives(event('count', 1));
    expect(declared.state).toMatchObject({ count: 10 });
    const replaced = await testFunction(ProbeFunction, { application, providers: [factor(100)] });
    await replaced.receives(event('count', 1));
    expect(replaced.state).toMatchObject({ count: 100 });
  });

  it('records messages to every other address, ids of its own type among them, and delivers those to its own', async () => {
    const caller = { type: 'test/asker', id: 'x' };
    const test = await probe({ caller });
    await test.receives(event('send', { target: 'test/probe', id: 'another' }));
    await test.receives(event('send', { target: 'test/probe', id: 'test-id' }), { caller: other });
    expect(test.sent.map(({ to, event: { type } }) => [`${to.type}/${to.id}`, type])).toEqual([
      ['test/probe/another', 'count'],
      ['test/asker/x', 'done'],
      ['test/other/1', 'done'],
    ]);
    expect(test.state).toMatchObject({ count: 1 });
  });

  it('delivers delayed messages to itself and records those to others when the clock reaches them, in order', async () => {
    const test = await probe({ now: '2030-01-01T00:00:00Z' });
    const startMs = Date.UTC(2030, 0, 1);
    await test.receives(event('later'));
    expect(test.delayed.map(({ dueAt, cancellationToken, event: { type } }) => [dueAt - startMs, cancellationToken, type])).toEqual([
      [2000, 't', 'two'],
      [3000, undefined, 'cancel'],
      [5000, undefined, 'five'],
    ]);
    await test.advance('1999ms');
    expect(test.sent).toEqual([]);
    await test.advance(1);
    expect(test.sentTo('test/other').map(({ type }) => type)).toEqual(['two']);
    test.clear();
    await test.advance('1m');
    expect(test.sent.map(({ to, event: { type, data } }) => [to.id, type, data])).toEqual([
      ['2', 'statefun.function-subscription', expect.objectContaining({ action: 'SUBSCRIBE' })],
      ['1', 'five', null],
    ]);
    expect(test.now).toBe(startMs + 62_000);
  });

  it('takes back a delayed message that is cancelled before it is due', async () => {
    const test = await probe();
    await test.receives(event('later'));
    await test.receives(event('cancel'));
    await test.advance('1h');
    expect(test.sentTo('test/other', '1').map(({ type }) => type)).toEqual(['five']);
  });

  it('publishes to given subscribers, and answers those who subscribe', async () => {
    const test = await probe({ subscribers: [other], state: { count: 7 } });
    await test.receives(event('publish', 'news'));
    expect(test.sentTo('test/other', '1')).toMatchObject([{ type: 'published', data: 'news' }]);
    const subscriber = { namespace: 'test', type: 'late', id: '9' };
    const publisher = { namespace: 'test', type: 'probe', id: 'test-id' };
    await test.receives(event('statefun.function-subscription', { action: 'SUBSCRIBE', publisher, subscriber, correlationId: null }));
    expect(test.sentTo('test/late', '9')).toMatchObject([{ type: 'current', data: 7 }]);
    expect(test.subscribers).toEqual([other, { type: 'test/late', id: '9' }]);
    expect(test.state).toEqual({ count: 7 });
    expect(test.counters).toEqual({ 'test/probe.published': 1 });
  });

  it('refuses what strict does not list, and accepts what it lists', async () => {
    const test = await probe({ strict: { functions: ['test/known'], egress: ['test/in'] }, caller: { type: 'test/known', id: '1' } });
    await test.receives(event('send', { target: 'test/known', id: '1' }));
    await expect(test.receives(event('send', { target: 'test/typo', id: '1' }))).rejects.toThrow(
      'Known to the test: test/known, test/probe',
    );
    await expect(test.receives(event('egress'))).rejects.toThrow('UNKNOWN_EGRESS');
    const loose = await probe();
    await loose.receives(event('egress'));
    expect(loose.egress).toMatchObject([{ egressId: 'test/out', key: 'test-id', event: { type: 'out', source: '/test/probe/test-id' } }]);
  });

  it('gives the same message ids in every run', async () => {
    const ids = async (): Promise<readonly string[]> => {
      const test = await probe();
      await test.receives(event('later'));
      await test.receives(event('egress'));
      await test.receives(event('egress'));
      return [...test.delayed.map((delayed) => delayed.event.id), ...test.egress.map((record) => record.event.id)];
    };
    expect(new Set(await ids()).size).toBe(5);
    expect(await ids()).toEqual(await ids());
  });

  it.each([
    { name: 'a cell that is not there', state: { cuont: 1 }, says: 'keeps nothing under the name "cuont". It has: count, table, list' },
    { name: 'a value for a table', state: { table: 1 }, says: '"table" is a table, given as an object, not as 1' },
    { name: 'an object for a list', state: { list: {} }, says: '"list" is a list, given as an array, not as an object' },
    { name: 'the cell of the framework', state: { $subscribers: {} }, says: 'keeps nothing under the name "$subscribers"' },
  ])('refuses state given for $name', async ({ state, says }) => {
    await expect(probe({ state })).rejects.toThrow(says);
  });

  it('reports a class that cannot be used, and providers that are missing', async () => {
    await expect(testFunction(class Plain {})).rejects.toThrow('NOT_A_FUNCTION_CLASS');
    await expect(testFunction(ProbeFunction)).rejects.toThrow('PROVIDER_MISSING');
  });
});

describe('play', () => {
  it('plays a fixture on the one address, expectations included', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'statefun-play-'));
    try {
      const path = join(folder, 'probe.jsonl');
      const lines = [
        { specversion: '1.0', id: '1', source: '/s', type: 'count', data: 3 },
        { specversion: '1.0', id: '2', source: '/s', type: 'egress', data: null },
        { type: 'test.delay', data: 500 },
        { type: 'test.expect-state', data: { state: { count: 3, list: ['+3'] } } },
        { type: 'test.expect-egress', data: { egress: 'test/out', data: 1 } },
      ];
      writeFileSync(path, lines.map((line) => JSON.stringify(line)).join('\n'));
      const test = await probe({ now: 0 });
      expect(await test.play(path)).toEqual({ events: 2, egress: 1, expectations: 2 });
      expect(test.now).toBe(500);
      await expect(test.play(path)).rejects.toThrow(`${path}:4: count of test/probe/test-id is 6, expected 3`);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('plays the isolated fixture of the shopping cart to an end', async () => {
    const test = await testFunction(AnyEvents, { id: '8f8339b5-6810-4c10-ae52-5262eb369f6e' });
    const summary = await test.play('test/resources/product-function-isolated-test-events.jsonl');
    expect(summary.events).toBe(1);
    expect(test.state).toEqual({ last: 'example.product' });
  });
});

@StatefunFunction('test/any')
class AnyEvents {
  @Persisted() private readonly last = PersistedValue.of<string>();

  @Handles()
  onAny({ type }: { readonly type: string }): void {
    this.last.set(type);
  }
}
