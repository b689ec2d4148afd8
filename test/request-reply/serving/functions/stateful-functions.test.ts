import { describe, expect, it } from '@jest/globals';
import { StatefulFunctions } from '../../../../src/request-reply/serving/functions/stateful-functions.ts';
import type { FunctionContext } from '../../../../src/request-reply/serving/functions/function-context.ts';
import type { TypedMessage } from '../../../../src/request-reply/serving/functions/typed-message.ts';
import { kafkaRecord } from '../../../../src/request-reply/protocol/egress-records.ts';
import { RequestReplyHandler } from '../../../../src/request-reply/serving/request-reply-handler.ts';
import { fromTypedValue, typed } from '../../../../src/request-reply/protocol/typed-values.ts';
import { ManualClock } from '../../../../src/shared/time/manual-clock.ts';
import {
  booleanType,
  bytesType,
  float32Type,
  float64Type,
  int32Type,
  int64Type,
  jsonType,
  stringType,
  type StateType,
} from '../../../../src/state/state-type.ts';
import { callWithStates, LogDouble } from '../../runtime.ts';

const target = { type: 'demo/greeter', id: 'Bob' };
const greetRequest = jsonType<{ readonly name: string }>('demo/GreetRequest');
const hello = typed(stringType(), 'hello');

/** Runs a function without state for one message; answers what it asked for. */
async function effectsOf(run: (context: FunctionContext, message: TypedMessage) => void | PromiseLike<void>, caller = false) {
  const functions = new StatefulFunctions({ logger: new LogDouble(), clock: new ManualClock(5) }).bind('demo/greeter', run);
  const handler = new RequestReplyHandler(functions, { logger: new LogDouble() });
  return callWithStates(handler, target, [caller ? { caller: { type: 'demo/person', id: 'Al' }, argument: hello } : hello]);
}

describe('StatefulFunctions.bind', () => {
  it('gives the function its address, the caller and the message', async () => {
    const seen: unknown[] = [];
    await effectsOf((context, message) => {
      seen.push(context.self, context.caller, context.now(), message.target, message.typename, message.asString());
    }, true);
    expect(seen).toEqual([target, { type: 'demo/person', id: 'Al' }, 5, target, 'io.statefun.types/string', 'hello']);
  });

  it('collects messages, delayed messages, cancellations, replies and egress records in their order', async () => {
    const result = await effectsOf((context, message) => {
      context.send('demo/person', 'Al', message);
      context.sendAfter('1.5s', 'demo/person', 'Al', 7, { cancellationToken: 't1' });
      context.cancelDelayed('t1');
      context.sendAfter(0, 'demo/person', 'Al', true);
      context.reply(typed(greetRequest, { name: 'Bob' }));
      context.sendEgress('demo/greetings', kafkaRecord({ topic: 'greetings', key: 'Bob', value: 'Hi' }));
    }, true);
    const al = { type: 'demo/person', id: 'Al' };
    expect(result.messages).toMatchObject([
      { target: al, argument: { typename: 'io.statefun.types/string', value: Buffer.from('0a0568656c6c6f', 'hex') } },
      { target: al, argument: { typename: 'demo/GreetRequest', value: Buffer.from('{"name":"Bob"}') } },
    ]);
    expect(result.delayed).toMatchObject([
      { kind: 'send', delayMs: 1500, cancellationToken: 't1', target: al, argument: { typename: 'io.statefun.types/int' } },
      { kind: 'cancel', cancellationToken: 't1' },
      { kind: 'send', delayMs: 0, cancellationToken: undefined, argument: { typename: 'io.statefun.types/bool' } },
    ]);
    expect(result.egress).toMatchObject([{ egressId: 'demo/greetings', argument: { hasValue: true } }]);
  });

  it('tells the type of text, booleans, bigints and whole numbers, and of nothing else', async () => {
    const { messages } = await effectsOf((context) => {
      for (const value of ['a', true, 1n, -5]) context.send('demo/person', 'Al', value);
    });
    expect(messages.map(({ argument }) => argument.typename)).toEqual(
      ['string', 'bool', 'long', 'int'].map((name) => `io.statefun.types/${name}`),
    );
    for (const value of [1.5, 2 ** 31, -0, Number.NaN, {}, null, undefined]) {
      await expect(effectsOf((context) => context.send('demo/person', 'Al', value as never))).rejects.toThrow('VALUE_WITHOUT_TYPE');
    }
  });

  it.each<[string, (context: FunctionContext) => void, string]>([
    ['a target with two slashes', (context) => context.send('a/b/c', 'Al', 1), 'INVALID_FUNCTION_TYPE'],
    ['an empty id', (context) => context.send('demo/person', '', 1), 'INVALID_ADDRESS_ID'],
    ['a negative delay', (context) => context.sendAfter(-1, 'demo/person', 'Al', 1), 'INVALID_DURATION'],
    ['an empty token', (context) => context.sendAfter(1, 'demo/person', 'Al', 1, { cancellationToken: '' }), 'DELAY_TOKEN_INVALID'],
    ['an empty token to cancel', (context) => context.cancelDelayed(''), 'DELAY_TOKEN_INVALID'],
    ['a reply to an ingress', (context) => context.reply(1), 'NO_CALLER'],
    ['an egress id without namespace', (context) => context.sendEgress('out', 1), 'INVALID_FUNCTION_TYPE'],
  ])('refuses %s', async (_name, run, code) => {
    await expect(effectsOf(run)).rejects.toThrow(
      `FUNCTION_FAILED: demo/greeter/Bob failed at message 1 of 1 ("io.statefun.types/string"): ${code}`,
    );
  });

  it('refuses a token twice in one batch, which would fail the job of a cluster', async () => {
    await expect(
      effectsOf((context) => {
        context.sendAfter(1, 'demo/person', 'Al', 1, { cancellationToken: 't' });
        context.sendAfter(1, 'demo/person', 'Al', 1, { cancellationToken: 't' });
      }),
    ).rejects.toThrow('DELAYED_TOKEN_IN_USE');
  });

  it('waits for promises and other thenables', async () => {
    const order: string[] = [];
    const functions = new StatefulFunctions().bind('demo/greeter', (_context, message) => {
      const thenable = {
        then(resolve: () => void) {
          setImmediate(() => {
            order.push(message.asString());
            resolve();
          });
        },
      };
      return thenable as PromiseLike<void>;
    });
    await callWithStates(new RequestReplyHandler(functions), target, [hello, typed(stringType(), 'again')]);
    expect(order).toEqual(['hello', 'again']);
  });

  it('closes the context when the function has settled', async () => {
    let kept: FunctionContext<{ seen: StateType<number> }> | undefined;
    const functions = new StatefulFunctions().bind('demo/greeter', (context) => void (kept = context), { state: { seen: int32Type() } });
    await callWithStates(new RequestReplyHandler(functions), target, [hello]);
    expect(() => kept?.send('demo/person', 'Al', 1)).toThrow('ATTEMPT_ENDED');
    expect(() => kept?.storage.seen).toThrow('ATTEMPT_ENDED');
  });

  it('refuses a type that is taken, what is no type, and what cannot be called', () => {
    const functions = new StatefulFunctions().bind('demo/greeter', () => undefined);
    expect(() => functions.bind('demo/greeter', () => undefined)).toThrow('DUPLICATE_FUNCTION_TYPE');
    expect(() => functions.register('demo/greeter', { invoke: () => undefined })).toThrow('DUPLICATE_FUNCTION_TYPE');
    expect(() => functions.bind('greeter', () => undefined)).toThrow('INVALID_FUNCTION_TYPE');
    expect(() => functions.bind('demo/other', undefined as never)).toThrow('FUNCTION_NOT_CALLABLE');
    expect(() => functions.register('demo/other', {} as never)).toThrow('FUNCTION_NOT_CALLABLE');
  });

  it.each([
    ['no type', { seen: 5 as never }, 'state "seen" of "demo/greeter" is declared as 5'],
    ['an empty name', { seen: { type: int32Type(), name: '' } }, 'has the name ""'],
    ['two expirations', { seen: { type: int32Type(), expire: { afterWrite: 1, afterCall: 1 } as never } }, 'expires both'],
    ['one name twice', { seen: int32Type(), again: { type: int32Type(), name: 'seen' } }, 'are both kept under the name "seen"'],
    ['a typename without slash', { seen: jsonType('seen') }, 'TYPENAME_INVALID'],
    ['an unreadable duration', { seen: { type: int32Type(), expire: { afterWrite: 'soon' } } }, 'INVALID_DURATION'],
  ])('refuses a state with %s at once', (_name, state, expected) => {
    expect(() => new StatefulFunctions().bind('demo/greeter', () => undefined, { state: state as never })).toThrow(expected);
  });

  it('keeps every type of state', async () => {
    const state = {
      flag: booleanType(),
      long: int64Type(),
      float: float32Type(),
      double: float64Type(),
      raw: bytesType('demo/raw'),
      request: greetRequest,
      call: { type: stringType(), name: 'Ungewöhnlicher Name 1', expire: { afterCall: '5m' } },
    };
    const functions = new StatefulFunctions().bind(
      'demo/greeter',
      ({ storage }) => {
        expect(storage).toEqual({});
        storage.flag = false;
        storage.long = 2n ** 40n;
        storage.float = 0.1;
        storage.double = 0.1;
        storage.raw = Buffer.of(1);
        storage.request = { name: 'Bob' };
        storage.call = 'a';
        expect(storage.float).toBe(Math.fround(0.1));
        expect(storage.request).toEqual({ name: 'Bob' });
      },
      { state },
    );
    const { mutations } = await callWithStates(new RequestReplyHandler(functions), target, [hello]);
    const read = Object.fromEntries(mutations.map(({ name, value }) => [name, value]));
    expect(read).toMatchObject({
      flag: { typename: 'io.statefun.types/bool', value: Buffer.alloc(0) },
      long: { typename: 'io.statefun.types/long' },
      float: { typename: 'io.statefun.types/float' },
      double: { typename: 'io.statefun.types/double' },
      raw: { typename: 'demo/raw', value: Buffer.of(1) },
      request: { typename: 'demo/GreetRequest', value: Buffer.from('{"name":"Bob"}') },
      'Ungewöhnlicher Name 1': { typename: 'io.statefun.types/string' },
    });
  });

  it('writes what is assigned, also the same again, and removes what is deleted or set to undefined or null', async () => {
    const state = { same: int32Type(), read: int32Type(), gone: int32Type(), unset: int32Type(), nulled: int32Type() };
    const functions = new StatefulFunctions().bind(
      'demo/greeter',
      ({ storage }) => {
        storage.same = storage.read;
        delete storage.gone;
        storage.unset = undefined;
        storage.nulled = null as never;
        expect(Object.keys(storage)).toEqual(['same', 'read']);
        expect('gone' in storage).toBe(false);
      },
      { state },
    );
    const one = typed(int32Type(), 1);
    const { mutations } = await callWithStates(new RequestReplyHandler(functions), target, [hello], {
      same: one,
      read: one,
      gone: one,
      unset: one,
      nulled: one,
    });
    expect(mutations.map(({ name, value }) => [name, value === undefined ? 'deleted' : fromTypedValue(int32Type(), value)])).toEqual([
      ['same', 1],
      ['gone', 'deleted'],
      ['unset', 'deleted'],
      ['nulled', 'deleted'],
    ]);
  });

  it('refuses states it does not declare, and values their type would lose', async () => {
    const run = (use: (storage: Record<string, unknown>) => void): Promise<unknown> => {
      const functions = new StatefulFunctions({ logger: new LogDouble() }).bind(
        'demo/greeter',
        ({ storage }) => use(storage as Record<string, unknown>),
        { state: { seen: int32Type() } },
      );
      return callWithStates(new RequestReplyHandler(functions, { logger: new LogDouble() }), target, [hello]);
    };
    await expect(run((storage) => (storage['sen'] = 1))).rejects.toThrow(
      'STATE_UNDECLARED: function "demo/greeter" has no state "sen". It has: seen.',
    );
    await expect(run((storage) => delete storage['sen'])).rejects.toThrow('STATE_UNDECLARED');
    await run((storage) => expect(storage['sen']).toBeUndefined());
    await expect(run((storage) => (storage['seen'] = 2 ** 31))).rejects.toThrow('STATE_NOT_SERIALIZABLE');
  });

  it('freezes what it keeps, and copies what it cannot freeze', async () => {
    const functions = new StatefulFunctions().bind(
      'demo/greeter',
      ({ storage }) => {
        const raw = Buffer.of(1);
        storage.raw = raw;
        raw[0] = 9;
        storage.request = { name: 'Bob' };
        expect(Object.isFrozen(storage.request)).toBe(true);
      },
      { state: { raw: bytesType('demo/raw'), request: greetRequest } },
    );
    const { mutations } = await callWithStates(new RequestReplyHandler(functions), target, [hello]);
    expect(mutations[0]?.value?.value).toEqual(Buffer.of(1));
  });
});
