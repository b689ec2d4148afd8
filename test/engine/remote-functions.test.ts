import { afterEach, describe, expect, it } from '@jest/globals';
import type { CloudEvent } from '../../src/envelope/cloud-event.ts';
import { typedValue } from '../../src/envelope/typed-value-event.ts';
import type { Context } from '../../src/functions/context.ts';
import { Handles, StatefunFunction } from '../../src/functions/decorators.ts';
import { MetricsRegistry } from '../../src/shared/metrics.ts';
import { Persisted } from '../../src/state/persisted.ts';
import { PersistedList } from '../../src/state/persisted-list.ts';
import { MemoryStore } from '../../src/storage/memory-store.ts';
import { EngineBed } from './engine-bed.ts';
import { counting, Gate, int, missing, policy, readInt, result, ScriptedClient, until } from './scripted-client.ts';

@StatefunFunction('test/local')
class Local {
  @Persisted() private readonly seen = PersistedList.of<unknown>();

  @Handles('ask')
  onAsk(_event: CloudEvent, context: Context): void {
    context.send('remote/echo', 'e', typedValue('demo/Question', { text: 'who?' }));
  }

  @Handles()
  onAny(event: CloudEvent, context: Context): void {
    this.seen.append({ type: event.type, data: event.data ?? null, caller: context.caller?.type ?? null });
  }
}

describe('remote functions', () => {
  let bed: EngineBed;
  afterEach(() => bed.engine.stop({ deadlineMs: 0 }));

  const start = async (client: ScriptedClient, options: ConstructorParameters<typeof EngineBed>[1] & { changes?: object } = {}) => {
    const { changes, ...others } = options;
    bed = await EngineBed.start([Local], { remote: { 'remote/*': { client, policy: { ...policy, ...changes } } }, ...others });
    return bed;
  };

  it('learns the states of a function from its first answer, and attaches all of them from then on', async () => {
    const client = new ScriptedClient(counting);
    await start(client);
    await bed.receives('remote/counter/a', 'one');
    await bed.receives('remote/counter/a', 'two');
    expect(client.batches.map(({ states }) => states.map(({ name, value }) => [name, readInt(value)]))).toEqual([
      [],
      [['count', undefined]],
      [['count', 1]],
    ]);
    expect(client.texts).toEqual([['one'], ['one'], ['two']]);
    expect(client.batches[2]).toMatchObject({ target: { type: 'remote/counter', id: 'a' }, invocations: [{ caller: undefined }] });
    expect(await bed.state('remote/counter/a')).toEqual({ count: 2 });
  });

  it('gives a typed value of a class to a function in another language as it is, at once and later', async () => {
    const bytes = Buffer.from([0x0a, 0x01, 0xff]);
    const value = { typename: 'type.googleapis.com/demo.Question', hasValue: true, value: bytes };
    @StatefunFunction('test/typed')
    class Typed {
      @Handles()
      on(_event: CloudEvent, context: Context): void {
        context.sendTyped('remote/echo', 'e', value);
        context.sendTypedAfter('1s', 'remote/echo', 'e', { ...value, hasValue: false, value: Buffer.alloc(0) });
        // What was sent is a copy.
        bytes.fill(0);
      }
    }
    const client = new ScriptedClient(() => result({}));
    bed = await EngineBed.start([Typed], { remote: { 'remote/*': { client, policy } } });
    await bed.receives('test/typed/a', 'go');
    await bed.advance(1_000);
    expect(client.batches.map(({ invocations }) => invocations)).toEqual([
      [{ caller: { type: 'test/typed', id: 'a' }, argument: { ...value, value: new Uint8Array([0x0a, 0x01, 0xff]) } }],
      [{ caller: { type: 'test/typed', id: 'a' }, argument: { ...value, hasValue: false, value: new Uint8Array(0) } }],
    ]);
  });

  it('sends what arrives meanwhile as the next batch, at most so many at once, one call of an address at a time (PARTITION-B1)', async () => {
    const gate = new Gate();
    const client = new ScriptedClient(async () => (await gate.pass(), result({})));
    await start(client, { changes: { batchMessagesMax: 3 } });
    for (const text of ['1', '2', '3', '4', '5', '6']) {
      bed.feed('remote/slow/a', text);
      if (text === '1') await until(() => gate.waiting === 1);
    }
    bed.feed('remote/other/b', 'elsewhere');
    await until(() => gate.waiting === 2);
    gate.open();
    await until(() => client.batches.length === 3);
    expect(gate.waiting).toBe(1);
    gate.open();
    await until(() => client.batches.length === 4);
    gate.open();
    expect(client.texts).toEqual([['1'], ['elsewhere'], ['2', '3', '4'], ['5', '6']]);
  });

  it('applies messages, delayed messages, egress and state of an answer together', async () => {
    const client = new ScriptedClient((batch) =>
      batch.target.type === 'remote/sink'
        ? result({})
        : result({
            messages: [{ target: { type: 'test/local', id: 'l' }, argument: typed('demo/Now', '{"n":1}') }],
            delayed: [
              { kind: 'send', delayMs: 1_000, cancellationToken: undefined, target: { type: 'remote/sink', id: 's' }, argument: int(7) },
              { kind: 'send', delayMs: 1_000, cancellationToken: 'gone', target: { type: 'remote/sink', id: 's' }, argument: int(8) },
              { kind: 'cancel', cancellationToken: 'gone' },
            ],
            egress: [{ egressId: 'test/out', argument: typed('demo/Out', '{"n":2}') }],
          }),
    );
    await start(client);
    await bed.receives('remote/sender/a', 'go');
    expect(bed.out.events).toMatchObject([{ type: 'demo/Out', data: { n: 2 } }]);
    expect(await bed.state('test/local/l')).toEqual({ seen: [{ type: 'demo/Now', data: { n: 1 }, caller: 'remote/sender' }] });
    await bed.advance(1_000);
    const [delayed] = client.batches.filter(({ target }) => target.type === 'remote/sink');
    expect(delayed?.invocations).toEqual([{ caller: { type: 'remote/sender', id: 'a' }, argument: int(7) }]);
    expect(client.batches).toHaveLength(2);
  });

  it('exchanges typed values with functions of this process', async () => {
    const client = new ScriptedClient(({ invocations: [message] }) =>
      result({ messages: message?.caller === undefined ? [] : [{ target: message.caller, argument: typed('demo/Answer', '"me"') }] }),
    );
    await start(client);
    await bed.receives('test/local/l', 'ask');
    expect(client.batches[0]?.invocations[0]?.argument).toEqual(typed('demo/Question', '{"text":"who?"}'));
    expect(await bed.state('test/local/l')).toMatchObject({ seen: [{ type: 'demo/Answer', caller: 'remote/echo' }] });
  });

  it('asks a new function for its states once, however many addresses wait for it', async () => {
    const gate = new Gate();
    const client = new ScriptedClient(async (batch) => (await gate.pass(), counting(batch)));
    await start(client);
    for (const id of ['a', 'b', 'c']) bed.feed(`remote/counter/${id}`, id);
    await until(() => gate.waiting === 1);
    gate.open();
    await until(() => gate.waiting === 3);
    expect(client.batches.map(({ states }) => states.length)).toEqual([0, 1, 1, 1]);
    gate.open();
    await bed.engine.whenQuiet();
    expect(await bed.state('remote/counter/c')).toEqual({ count: 1 });
  });

  it('knows the states of a function after a restart', async () => {
    const store = new MemoryStore();
    await start(new ScriptedClient(counting), { store });
    await bed.receives('remote/counter/a', 'one');
    await bed.engine.stop();
    const client = new ScriptedClient(counting);
    await start(client, { store });
    bed.feed('remote/counter/a', 'old');
    await bed.receives('remote/counter/a', 'two');
    expect(client.batches.map(({ states }) => readInt(states[0]?.value))).toEqual([1]);
  });

  it('takes the same new state from several addresses that were called before it was known', async () => {
    const gate = new Gate();
    const asks = async (batch: Parameters<typeof counting>[0]) => (await gate.pass(), counting(batch));
    // A function that declares its first state later on: it is discovered without one.
    const client = new ScriptedClient(() => result({}));
    await start(client);
    await bed.receives('remote/counter/a', 'before');
    client.answer = asks;
    for (const id of ['a', 'b']) bed.feed(`remote/counter/${id}`, 'after');
    await until(() => gate.waiting === 2);
    client.answer = counting;
    gate.open();
    await bed.engine.whenQuiet();
    expect(bed.engine.deadLetters()).toEqual([]);
    expect(await bed.state('remote/counter/a')).toEqual({ count: 1 });
    expect(await bed.state('remote/counter/b')).toEqual({ count: 1 });
  });

  it('sends the batch that was in flight again after a crash, with the state that is committed', async () => {
    const store = new MemoryStore();
    const gate = new Gate();
    await start(new ScriptedClient(async (batch) => (await gate.pass(), counting(batch))), { store });
    for (const text of ['one', 'two']) bed.feed('remote/counter/a', text);
    await until(() => gate.waiting === 1);
    await until(() => bed.engine.statistics().commits > 0);
    await bed.engine.stop({ deadlineMs: 0 });
    const client = new ScriptedClient(counting);
    await start(client, { store });
    await bed.engine.whenQuiet();
    expect(client.texts).toEqual([
      ['one', 'two'],
      ['one', 'two'],
    ]);
    expect(await bed.state('remote/counter/a')).toEqual({ count: 2 });
  });

  it('forgets a value so long after it was written, or after the last call', async () => {
    const client: ScriptedClient = new ScriptedClient((batch) =>
      batch.states.length === 0
        ? missing(
            { name: 'written', expiration: { after: 'write', afterMs: 1_000 } },
            { name: 'used', expiration: { after: 'invoke', afterMs: 1_000 } },
          )
        : result(
            batch.invocations.length > 0 && client.batches.length === 2
              ? { mutations: ['written', 'used'].map((name) => ({ name, value: int(5) })) }
              : {},
          ),
    );
    await start(client);
    const attached = () => client.batches.at(-1)?.states.map(({ value }) => readInt(value));
    await bed.receives('remote/ttl/a', 'set');
    await bed.advance(700);
    await bed.receives('remote/ttl/a', 'use');
    expect(attached()).toEqual([5, 5]);
    await bed.advance(700);
    await bed.receives('remote/ttl/a', 'use');
    expect(attached()).toEqual([undefined, 5]);
    await bed.advance(1_000);
    await bed.receives('remote/ttl/a', 'use');
    expect(attached()).toEqual([undefined, undefined]);
    expect(await bed.state('remote/ttl/a')).toEqual({});
  });

  it('takes back, by its token, what any function of the same id has sent, also after the token was used twice', async () => {
    const client = new ScriptedClient(({ target, invocations }) => {
      if (target.type === 'remote/canceller') return result({ delayed: [{ kind: 'cancel', cancellationToken: 't' }] });
      if (invocations[0]?.caller !== undefined) return result({});
      return result({
        delayed: [{ kind: 'send', delayMs: 1_000, cancellationToken: 't', target: { type: 'remote/sink', id: 's' }, argument: int(1) }],
      });
    });
    await start(client);
    await bed.receives('remote/one/x', 'send');
    await bed.receives('remote/two/x', 'send');
    await bed.receives('remote/one/y', 'send');
    await bed.receives('remote/canceller/x', 'cancel');
    await bed.advance(1_000);
    const callers = client.batches.filter(({ target }) => target.type === 'remote/sink').flatMap(({ invocations }) => invocations);
    expect(callers.map(({ caller }) => caller)).toEqual([{ type: 'remote/one', id: 'y' }]);
  });

  it('keeps taking records for others while one address has more than it can handle', async () => {
    const gate = new Gate();
    const client = new ScriptedClient(async ({ target }) => (target.id === 'stuck' ? await gate.pass() : undefined, result({})));
    const metrics = new MetricsRegistry();
    await start(client, { changes: { batchMessagesMax: 2 }, limits: { pendingMessagesMax: 5 }, metrics });
    await bed.receives('remote/f/free', 'discovers');
    bed.feed('remote/f/stuck', '0');
    await until(() => gate.waiting === 1);
    for (let index = 1; index <= 20; index += 1) bed.feed('remote/f/stuck', String(index));
    bed.feed('remote/f/free', 'free');
    await until(() => client.texts.flat().includes('free') && metrics.values()['functions.remote.f.inflightAsyncOps'] === 1);
    expect(metrics.values()).toMatchObject({
      'functions.remote.f.numBlockedAddress': 1,
      'functions.remote.f.numBacklog': 20,
      'functions.remote.f.inflightAsyncOps': 1,
      'functions.remote.f.in': 23,
    });
    while (client.texts.flat().length < 23) {
      await until(() => gate.waiting === 1);
      gate.open();
      await until(() => gate.waiting === 1 || client.texts.flat().length === 23);
    }
    gate.open();
    await bed.engine.whenQuiet();
    expect(client.texts.flat().filter((text) => text !== 'free' && text !== 'discovers')).toEqual(
      Array.from({ length: 21 }, (_, index) => String(index)),
    );
    expect(metrics.values()).toMatchObject({
      'functions.remote.f.numBlockedAddress': 0,
      'functions.remote.f.numBacklog': 0,
      'functions.remote.f.inflightAsyncOps': 0,
    });
  });
});

function typed(typename: string, text: string) {
  return { typename, hasValue: true, value: new Uint8Array(Buffer.from(text)) };
}
