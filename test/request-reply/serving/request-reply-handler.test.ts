import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { StatefulFunctions } from '../../../src/request-reply/serving/functions/stateful-functions.ts';
import { encodeToFunction } from '../../../src/request-reply/protocol/request.ts';
import { RequestReplyHandler } from '../../../src/request-reply/serving/request-reply-handler.ts';
import { typed } from '../../../src/request-reply/protocol/typed-values.ts';
import { StatefunError } from '../../../src/shared/errors.ts';
import { int32Type, int64Type, stringType } from '../../../src/state/state-type.ts';
import { call, callWithStates, LogDouble } from '../runtime.ts';

const target = { type: 'demo/counter', id: 'Bob' };
const one = typed(int32Type(), 1);

function counter(): { readonly handler: RequestReplyHandler; readonly log: LogDouble } {
  const log = new LogDouble();
  const functions = new StatefulFunctions({ logger: log }).bind(
    'demo/counter',
    ({ storage }, message) => {
      if (message.isString()) throw new TypeError('no number');
      storage.count = (storage.count ?? 0) + message.asInt();
    },
    { state: { count: { type: int32Type(), expire: { afterWrite: '1h' } }, last: { type: stringType(), name: 'last-name' } } },
  );
  return { handler: new RequestReplyHandler(functions, { logger: log }), log };
}

describe('RequestReplyHandler', () => {
  it('asks for the states that are missing, and for no others', async () => {
    const { handler } = counter();
    const invocations = [{ caller: undefined, argument: one }];
    const count = { name: 'count', typename: 'io.statefun.types/int', expiration: { after: 'write', afterMs: 3_600_000 } };
    const last = { name: 'last-name', typename: 'io.statefun.types/string', expiration: undefined };
    expect(await call(handler, { target, states: [], invocations })).toEqual({ kind: 'incomplete', missing: [count, last] });
    const states = [{ name: 'count', value: undefined }];
    expect(await call(handler, { target, states, invocations })).toEqual({ kind: 'incomplete', missing: [last] });
  });

  it('takes a state without value for one that is there, also when a typed value says so', async () => {
    const { handler } = counter();
    const absent = { typename: 'io.statefun.types/int', hasValue: false, value: new Uint8Array(0) };
    const states = [
      { name: 'count', value: absent },
      { name: 'last-name', value: undefined },
    ];
    const result = await call(handler, { target, states, invocations: [{ caller: undefined, argument: one }] });
    expect(result).toMatchObject({ kind: 'result', mutations: [{ name: 'count', value: { value: Buffer.from('0d01000000', 'hex') } }] });
  });

  it('handles a batch in order on one view of the state, and answers one mutation for each changed state', async () => {
    const { handler } = counter();
    const result = await callWithStates(handler, target, [one, one, typed(int32Type(), 40)]);
    expect(result).toEqual({
      kind: 'result',
      mutations: [{ name: 'count', value: { typename: 'io.statefun.types/int', hasValue: true, value: Buffer.from('0d2a000000', 'hex') } }],
      messages: [],
      delayed: [],
      egress: [],
    });
  });

  it('leaves alone what it does not declare', async () => {
    const { handler } = counter();
    const result = await callWithStates(handler, target, [one], { old: typed(stringType(), 'x') });
    expect(result.mutations.map(({ name }) => name)).toEqual(['count']);
  });

  it('says what is served when it is asked for something else', async () => {
    const { handler, log } = counter();
    const stranger = { type: 'demo/greeter', id: 'Bob' };
    await expect(call(handler, { target: stranger, states: [], invocations: [{ caller: undefined, argument: one }] })).rejects.toThrow(
      'UNKNOWN_FUNCTION: nothing here handles function type "demo/greeter" (id "Bob"). Served types: demo/counter.',
    );
    expect(log.lines.map(({ line }) => line)).toEqual(['error a call failed']);
  });

  it('refuses a state that is stored under another type', async () => {
    const { handler } = counter();
    await expect(callWithStates(handler, target, [one], { count: typed(int64Type(), 1n) })).rejects.toThrow(
      'STATE_TYPE_CHANGED: state "count" of "demo/counter" is declared as "io.statefun.types/int", but stored as "io.statefun.types/long"',
    );
  });

  it('fails the whole batch when one message fails, and says which and why', async () => {
    const { handler, log } = counter();
    const failure = callWithStates(handler, target, [one, typed(stringType(), 'x'), one]);
    await expect(failure).rejects.toThrow(
      'FUNCTION_FAILED: demo/counter/Bob failed at message 2 of 3 ("io.statefun.types/string"): TypeError: no number',
    );
    await expect(failure).rejects.toMatchObject({ cause: new TypeError('no number') });
    expect(log.lines[0]).toMatchObject({ line: 'error a call failed', fields: { address: 'demo/counter/Bob', messages: 3 } });
  });

  it('never answers a failure with bytes, whatever it is given', async () => {
    const { handler } = counter();
    const whole = encodeToFunction({ target, states: [], invocations: [{ caller: undefined, argument: one }] });
    for (let length = 0; length < whole.byteLength; length++) {
      await expect(handler.handle(whole.subarray(0, length))).rejects.toMatchObject({ code: 'PROTOCOL_MESSAGE_UNREADABLE' });
    }
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
        const outcome = await handler.handle(bytes).catch((error: unknown) => error);
        expect(StatefunError.is(outcome)).toBe(true);
      }),
    );
  });
});
