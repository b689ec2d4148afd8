import { afterEach, describe, expect, it } from '@jest/globals';
import type { BatchResponse, InvocationBatch } from '../../src/functions/remote/invocation-batch.ts';
import { StatefunError } from '../../src/shared/errors.ts';
import { MetricsRegistry } from '../../src/shared/metrics.ts';
import { EngineBed } from './engine-bed.ts';
import { counting, Gate, int, missing, policy, result, ScriptedClient, textsOf, until } from './scripted-client.ts';

const failed = (facts = {}): StatefunError => new StatefunError('REMOTE_CALL_FAILED', 'status 500.', { facts });
const unavailable = (facts = {}): StatefunError => new StatefunError('REMOTE_UNAVAILABLE', 'connection refused.', { facts });

describe('a remote function that fails', () => {
  let bed: EngineBed;
  afterEach(() => bed.engine.stop({ deadlineMs: 0 }));

  const start = async (client: ScriptedClient, changes: object = {}, metrics = new MetricsRegistry()) => {
    bed = await EngineBed.start([], { remote: { 'remote/*': { client, policy: { ...policy, ...changes } } }, metrics });
    return bed;
  };
  const codes = () => bed.engine.deadLetters().map(({ code, target }) => [code, target]);

  it('is called again after 4, 8, 16 … milliseconds with the same batch, within the budget, and then its policy decides', async () => {
    const client = new ScriptedClient(() => {
      throw failed();
    });
    const metrics = new MetricsRegistry();
    await start(client, { callBudgetMs: 100 }, metrics);
    const times: number[] = [];
    const answer = client.answer;
    client.answer = (batch) => (times.push(bed.clock.now()), answer(batch));
    const startedAt = bed.clock.now();
    await bed.receives('remote/f/a', 'one');
    await bed.advance(1_000);
    expect(times.map((time) => time - startedAt)).toEqual([0, 4, 12, 28, 60]);
    expect(codes()).toEqual([['REMOTE_CALL_FAILED', 'remote/f/a']]);
    expect(bed.engine.deadLetters()[0]).toMatchObject({ attempts: 5 });
    expect(metrics.values()).toMatchObject({
      'functions.remote.f.remoteInvocationFailures': 5,
      'functions.remote.f.remoteInvocationLatency.count': 5,
    });
  });

  it('loses nothing and keeps the order while its endpoint is away for longer than any budget', async () => {
    let isUp = false;
    const client = new ScriptedClient((batch) => {
      if (isUp) return counting(batch);
      throw unavailable();
    });
    await start(client);
    await bed.receives('remote/f/a', '1');
    await bed.receives('remote/f/a', '2');
    await bed.advance(3_600_000);
    expect(bed.engine.deadLetters()).toEqual([]);
    isUp = true;
    client.batches.length = 0;
    await bed.advance(10_000);
    expect(client.texts).toEqual([['1'], ['1'], ['2']]);
    expect(await bed.state('remote/f/a')).toEqual({ count: 2 });
  });

  it('meets its policy also for being away when it is declared so', async () => {
    await start(
      new ScriptedClient(() => {
        throw unavailable();
      }),
      { whenUnavailable: 'fail', callBudgetMs: 100 },
    );
    await bed.receives('remote/f/a', '1');
    await bed.advance(1_000);
    expect(codes()).toEqual([['REMOTE_UNAVAILABLE', 'remote/f/a']]);
  });

  it('is not called before the time that it asked for', async () => {
    const client = new ScriptedClient(() => {
      if (client.batches.length > 1) return result({});
      throw unavailable({ retryAfterMs: 30_000 });
    });
    await start(client);
    await bed.receives('remote/f/a', '1');
    await bed.advance(29_999);
    expect(client.batches).toHaveLength(1);
    await bed.advance(1);
    expect(client.batches).toHaveLength(2);
  });

  it.each([
    ['dead-letter', [['REMOTE_CALL_FAILED', 'remote/f/a']], 0],
    ['skip', [], 1],
  ] as const)(
    'meets the policy %s only with the message at fault, the others of its batch are handled in order (PARTITION-B3)',
    async (onFailure, letters, skipped) => {
      const handled: string[] = [];
      const gate = new Gate();
      const client: ScriptedClient = new ScriptedClient(async (batch) => {
        const texts = textsOf(batch);
        if (client.batches.length === 1) await gate.pass();
        if (texts.includes('poison')) throw failed();
        handled.push(...texts);
        return result({});
      });
      await start(client, { onFailure, callBudgetMs: 50 });
      bed.feed('remote/f/a', 'first');
      await until(() => gate.waiting === 1);
      for (const text of ['1', 'poison', '2', '3']) bed.feed('remote/f/a', text);
      await until(() => bed.engine.statistics().messagesPending === 5);
      gate.open();
      await bed.engine.whenQuiet();
      bed.feed('remote/f/a', '4');
      await bed.advance(10_000);
      expect(handled).toEqual(['first', '1', '2', '3', '4']);
      expect(codes()).toEqual(letters);
      expect(bed.engine.statistics()).toMatchObject({ messagesSkipped: skipped, messagesPending: 0 });
    },
  );

  it('stops the engine when its policy says so, and keeps the message', async () => {
    const client = new ScriptedClient(() => {
      throw failed();
    });
    await start(client, { onFailure: 'stop', callBudgetMs: 10 });
    await bed.receives('remote/f/a', '1');
    await bed.advance(100);
    expect(await bed.engine.stopped).toMatchObject({ code: 'REMOTE_CALL_FAILED' });
    expect(bed.engine.statistics().messagesPending).toBe(1);
  });

  it('is told that nobody waits any longer when its answer takes longer than the budget', async () => {
    const gate = new Gate();
    const client = new ScriptedClient(
      async () => (await gate.pass(), result({ messages: [{ target: { type: 'remote/f', id: 'b' }, argument: int(1) }] })),
    );
    await start(client, { callBudgetMs: 1_000 });
    bed.feed('remote/f/a', '1');
    await until(() => gate.waiting === 1);
    await bed.advance(1_000);
    expect(client.signals[0]?.aborted).toBe(true);
    expect(codes()).toEqual([['REMOTE_CALL_TIMEOUT', 'remote/f/a']]);
    gate.open();
    await bed.engine.whenQuiet();
    expect(client.batches).toHaveLength(1);
  });

  it('has its calls ended when the engine stops', async () => {
    const gate = new Gate();
    const client = new ScriptedClient(async () => (await gate.pass(), result({})));
    await start(client);
    bed.feed('remote/f/a', '1');
    await until(() => gate.waiting === 1);
    await bed.engine.stop({ deadlineMs: 0 });
    expect(client.signals[0]?.aborted).toBe(true);
  });

  const target = { type: 'remote/other', id: 'o' };
  it.each<[string, string, (batch: InvocationBatch) => BatchResponse]>([
    ['changes a state that it has not declared', 'REMOTE_STATE_UNREGISTERED', () => result({ mutations: [{ name: 'x', value: int(1) }] })],
    [
      'deletes a state that it has not declared',
      'REMOTE_STATE_UNREGISTERED',
      () => result({ mutations: [{ name: 'x', value: undefined }] }),
    ],
    [
      'sets a state to another type',
      'REMOTE_STATE_TYPE_CHANGED',
      ({ states }) =>
        states.length === 0
          ? missing({ name: 'x' })
          : result({ mutations: [{ name: 'x', value: { ...int(1), typename: 'io.statefun.types/long' } }] }),
    ],
    [
      'declares a state with another type later',
      'REMOTE_STATE_TYPE_CHANGED',
      ({ states }) => missing({ name: 'x', typename: states.length === 0 ? 'a/b' : 'a/c' }),
    ],
    ['misses a state that it was given', 'REMOTE_DISCOVERY_ENDLESS', () => missing({ name: 'x' })],
    ['misses nothing in particular', 'REMOTE_DISCOVERY_ENDLESS', () => missing()],
    ['misses another state every time', 'REMOTE_DISCOVERY_ENDLESS', ({ states }) => missing({ name: `x${states.length}` })],
    [
      'misses too many states',
      'REMOTE_DISCOVERY_ENDLESS',
      () => missing(...Array.from({ length: 1_001 }, (_, index) => ({ name: `x${index}` }))),
    ],
    ['misses a state with a name that no key can hold', 'REMOTE_ANSWER_INVALID', () => missing({ name: 'x'.repeat(65_537) })],
    [
      'cancels with a token that is too long',
      'REMOTE_ANSWER_INVALID',
      () => result({ delayed: [{ kind: 'cancel', cancellationToken: 'x'.repeat(65_537) }] }),
    ],
    ['misses a state without a name', 'REMOTE_ANSWER_INVALID', () => missing({ name: '' })],
    [
      'declares a state that expires at once',
      'REMOTE_ANSWER_INVALID',
      () => missing({ name: 'x', expiration: { after: 'write', afterMs: 0 } }),
    ],
    ['sends to an unknown egress', 'UNKNOWN_EGRESS', () => result({ egress: [{ egressId: 'no/egress', argument: int(1) }] })],
    [
      'sends to what is no type',
      'REMOTE_ANSWER_INVALID',
      () => result({ messages: [{ target: { type: 'a/b/c', id: 'x' }, argument: int(1) }] }),
    ],
    ['sends to an empty id', 'REMOTE_ANSWER_INVALID', () => result({ messages: [{ target: { type: 'a/b', id: '' }, argument: int(1) }] })],
    [
      'sends into the past',
      'REMOTE_ANSWER_INVALID',
      () => result({ delayed: [{ kind: 'send', delayMs: -1, cancellationToken: undefined, target, argument: int(1) }] }),
    ],
    ['cancels without a token', 'REMOTE_ANSWER_INVALID', () => result({ delayed: [{ kind: 'cancel', cancellationToken: '' }] })],
    [
      'sends what claims to be an event and is none',
      'INVALID_CLOUD_EVENT',
      () =>
        result({ messages: [{ target, argument: { typename: 'io.cloudevents/CloudEvent', hasValue: true, value: Buffer.from('{}') } }] }),
    ],
    [
      'sends too large a value',
      'MESSAGE_TOO_LARGE',
      () => result({ messages: [{ target, argument: { ...int(1), value: new Uint8Array(16 * 1024 * 1024 + 1) } }] }),
    ],
    [
      'keeps too much state',
      'STATE_TOO_LARGE',
      ({ states }) =>
        states.length === 0
          ? missing({ name: 'x' })
          : result({ mutations: [{ name: 'x', value: { ...int(1), value: new Uint8Array(16 * 1024 * 1024) } }] }),
    ],
  ])('%s: %s, nothing of the answer is applied, and trying again is not worth it (PARTITION-B2)', async (_what, code, answer) => {
    const client = new ScriptedClient((batch) => {
      const response = answer(batch);
      if (response.kind === 'incomplete') return response;
      // Harmless in itself, and not to be seen.
      return result({ ...response, messages: [{ target, argument: int(9) }, ...response.messages] });
    });
    await start(client);
    await bed.receives('remote/f/a', '1');
    expect(codes()).toEqual([[code, 'remote/f/a']]);
    expect(client.batches.filter((batch) => batch.target.type === 'remote/other')).toEqual([]);
    expect(await bed.state('remote/f/a')).toEqual({});
  });

  it('sends to a type that nothing handles: the message is a dead letter, the batch is handled', async () => {
    const client = new ScriptedClient(() => result({ messages: [{ target: { type: 'no/body', id: 'x' }, argument: int(1) }] }));
    await start(client);
    await bed.receives('remote/f/a', '1');
    expect(codes()).toEqual([['UNKNOWN_FUNCTION', 'no/body/x']]);
    expect(bed.engine.statistics().invocations).toBe(1);
  });

  it('does not keep other addresses waiting when its first call fails for one of them', async () => {
    const client = new ScriptedClient((batch) => {
      if (textsOf(batch).includes('poison')) throw failed();
      return counting(batch);
    });
    await start(client);
    bed.feed('remote/f/a', 'poison');
    await bed.receives('remote/f/b', 'fine');
    expect(await bed.state('remote/f/b')).toEqual({ count: 1 });
  });
});
