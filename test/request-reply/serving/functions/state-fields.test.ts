import { describe, expect, it } from '@jest/globals';
import type { FunctionContext } from '../../../../src/request-reply/serving/functions/function-context.ts';
import { StatefulFunctions } from '../../../../src/request-reply/serving/functions/stateful-functions.ts';
import type { TypedMessage } from '../../../../src/request-reply/serving/functions/typed-message.ts';
import { RequestReplyHandler } from '../../../../src/request-reply/serving/request-reply-handler.ts';
import { typed } from '../../../../src/request-reply/protocol/typed-values.ts';
import { PersistedTable } from '../../../../src/state/persisted-table.ts';
import { PersistedValue } from '../../../../src/state/persisted-value.ts';
import { int32Type, stringType } from '../../../../src/state/state-type.ts';
import { call, callWithStates } from '../../runtime.ts';

const target = { type: 'demo/greeter', id: 'Bob' };
const hello = typed(stringType(), 'hello');

describe('StatefulFunctions.register', () => {
  class Greeter {
    readonly seen = PersistedValue.of<number>({ type: int32Type() });
    readonly session = PersistedValue.of<{ readonly user: string }>({ name: 'the-session', expire: { afterWrite: '1h' } });
    readonly #greeting = 'Hi';

    async invoke(context: FunctionContext, message: TypedMessage): Promise<void> {
      const seen = this.seen.getOrDefault(0) + 1;
      // Another address is handled meanwhile.
      await new Promise((resolve) => setImmediate(resolve));
      this.seen.set(seen);
      if (!this.session.exists()) this.session.set({ user: context.self.id });
      context.send('demo/person', this.session.get()?.user ?? '', `${this.#greeting} ${message.asString()}`);
    }
  }

  it('keeps the fields of an object for each address', async () => {
    const handler = new RequestReplyHandler(new StatefulFunctions().register('demo/greeter', new Greeter()));
    const [bob, al] = await Promise.all(['Bob', 'Al'].map((id) => callWithStates(handler, { type: 'demo/greeter', id }, [hello, hello])));
    expect(bob?.mutations).toMatchObject([
      { name: 'seen', value: { typename: 'io.statefun.types/int', value: Buffer.from('0d02000000', 'hex') } },
      { name: 'the-session', value: { typename: 'statefun.types/json', value: Buffer.from('{"user":"Bob"}') } },
    ]);
    expect(al?.messages[0]?.target).toEqual({ type: 'demo/person', id: 'Al' });
  });

  it('declares its fields with name, type and expiration', async () => {
    const handler = new RequestReplyHandler(new StatefulFunctions().register('demo/greeter', new Greeter()));
    expect(await call(handler, { target, states: [], invocations: [] })).toEqual({
      kind: 'incomplete',
      missing: [
        { name: 'seen', typename: 'io.statefun.types/int', expiration: undefined },
        { name: 'the-session', typename: 'statefun.types/json', expiration: { after: 'write', afterMs: 3_600_000 } },
      ],
    });
  });

  it('refuses tables, and an object that is registered already', () => {
    const functions = new StatefulFunctions();
    const greeter = new Greeter();
    functions.register('demo/greeter', greeter);
    expect(() => functions.register('demo/again', greeter)).toThrow('STATE_CELL_SHARED');
    const withTable = { prices: PersistedTable.of<number>(), invoke: () => undefined };
    expect(() => functions.register('demo/table', withTable)).toThrow('"prices" of "demo/table" is a persisted table');
  });

  it('ends the fields with the invocation', async () => {
    const greeter = new Greeter();
    const handler = new RequestReplyHandler(new StatefulFunctions().register('demo/greeter', greeter));
    await callWithStates(handler, target, [hello]);
    expect(() => greeter.seen.get()).toThrow('ATTEMPT_ENDED');
  });
});
