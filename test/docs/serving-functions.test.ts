import { afterEach, describe, expect, it } from '@jest/globals';
import { fromTypedValue } from 'statefun/serving';
import { testCluster } from 'statefun/testing';
// #region imports
import {
  bytesType,
  int32Type,
  jsonType,
  kafkaRecord,
  PersistedValue,
  RequestReplyHandler,
  serveFunctions,
  StatefulFunctions,
  stringType,
  typed,
  type FunctionContext,
  type FunctionServer,
  type TypedMessage,
} from 'statefun/serving';
// #endregion imports
import { lambdaHandler } from 'statefun/lambda';

// The code blocks of docs/serving-functions.md.

// #region types
interface LoginEvent {
  readonly userName: string;
}
interface Session {
  readonly userName: string;
  readonly logins: number;
}

const loginEvent = jsonType<LoginEvent>('demo/login-event');
const session = jsonType<Session>('demo/session');
// #endregion types

// #region bind
const functions = new StatefulFunctions();

functions.bind(
  'demo/greeter',
  (context, message) => {
    const { userName } = message.as(loginEvent);
    const { logins } = context.storage.session ?? { logins: 0 };
    context.storage.session = { userName, logins: logins + 1 };
    context.sendEgress('demo/greetings', kafkaRecord({ topic: 'greetings', key: userName, value: `Hey ${userName}` }));
  },
  { state: { session: { type: session, expire: { afterWrite: '1h' } }, seen: int32Type() } },
);
// #endregion bind

// #region register
class Greeter {
  readonly session = PersistedValue.of<Session>({ type: session, expire: { afterWrite: '1h' } });

  invoke(context: FunctionContext, message: TypedMessage): void {
    const { userName } = message.as(loginEvent);
    const { logins } = this.session.getOrDefault({ userName, logins: 0 });
    this.session.set({ userName, logins: logins + 1 });
    if (context.caller !== undefined) context.reply(`Hi ${context.self.id}`);
  }
}

functions.register('demo/polite-greeter', new Greeter());
// #endregion register

// #region messages
const confirmFraud = jsonType<{ readonly account: string }>('demo/confirm-fraud');

// How many frauds of an account were confirmed in the last 30 days.
functions.bind(
  'demo/fraud-count',
  (context, message) => {
    const count = context.storage.count ?? 0;
    if (message.is(confirmFraud)) {
      context.storage.count = count + 1;
      context.sendAfter('30d', context.self.type, context.self.id, 'expire');
    } else if (message.isString() && message.asString() === 'expire') {
      if (count > 1) context.storage.count = count - 1;
      else delete context.storage.count;
    } else {
      context.reply(count);
    }
  },
  { state: { count: int32Type() } },
);
// #endregion messages

// #region failure
functions.bind(
  'demo/scorer',
  async (context, message) => {
    const answer = await fetch('http://scores.example.com', { method: 'POST', body: message.asString() });
    context.reply(await answer.text());
  },
  {
    onFailure: (error, context, message) => {
      context.logger.error('no score', { error });
      // To itself, in a minute; a dead-letter egress would be another choice, and doing nothing skips the message.
      context.sendAfter('1m', context.self.type, context.self.id, message);
    },
  },
);
// #endregion failure

let server: FunctionServer | undefined;
afterEach(() => server?.close());

describe('the functions of docs/serving-functions.md', () => {
  it('greet', async () => {
    // #region test
    const cluster = testCluster(functions);
    await cluster.send('demo/greeter', 'Bob', typed(loginEvent, { userName: 'Bob' }));
    await cluster.send('demo/greeter', 'Bob', typed(loginEvent, { userName: 'Bob' }));

    const stored = new TextDecoder().decode(cluster.state('demo/greeter', 'Bob')['session']?.value);
    expect(stored).toBe('{"userName":"Bob","logins":2}');
    expect(cluster.egress()).toHaveLength(2);
    await cluster.advance('1h');
    expect(cluster.state('demo/greeter', 'Bob')).toEqual({});
    // #endregion test
  });

  it('reply', async () => {
    const cluster = testCluster(functions);
    await cluster.send('demo/polite-greeter', 'Bob', typed(loginEvent, { userName: 'Bob' }), { type: 'demo/door', id: 'front' });
    expect(cluster.sent()).toEqual([
      {
        target: { type: 'demo/door', id: 'front' },
        argument: { ...typed(stringType(), 'Hi Bob'), value: Buffer.from(typed(stringType(), 'Hi Bob').value) },
      },
    ]);
  });

  it('count the frauds of the last 30 days', async () => {
    const cluster = testCluster(functions);
    const confirm = (): Promise<void> => cluster.send('demo/fraud-count', 'account', typed(confirmFraud, { account: 'account' }));
    const query = async (): Promise<unknown> => {
      await cluster.send('demo/fraud-count', 'account', typed(stringType(), 'query'), { type: 'demo/manager', id: 'transaction' });
      const answer = cluster.sent().at(-1);
      return answer === undefined ? undefined : [answer.target, fromTypedValue(int32Type(), answer.argument)];
    };
    const counted = (count: number): unknown => [{ type: 'demo/manager', id: 'transaction' }, count];

    expect(await query()).toEqual(counted(0));
    await confirm();
    await cluster.advance('20d');
    await confirm();
    expect(await query()).toEqual(counted(2));
    await cluster.advance('10d');
    expect(await query()).toEqual(counted(1));
    await cluster.advance('20d');
    expect(cluster.state('demo/fraud-count', 'account')).toEqual({});
    expect(cluster.delayed()).toEqual([]);
  });

  it('try again later what fails', async () => {
    const cluster = testCluster(functions);
    await cluster.send('demo/scorer', 'Bob', typed(bytesType('demo/raw'), Buffer.of(1)));
    expect(cluster.delayed()).toMatchObject([{ delayMs: 60_000, argument: { typename: 'demo/raw' } }]);
  });

  it('are served', async () => {
    const port = 0;
    // #region serve
    const handler = new RequestReplyHandler(functions);
    server = await serveFunctions(handler, { port, path: '/statefun' });
    // #endregion serve
    expect((await fetch(server.url)).status).toBe(405);
  });

  it('are a Lambda function', async () => {
    // #region lambda
    const handler = lambdaHandler(functions);
    // #endregion lambda
    expect(await handler({ httpMethod: 'GET', requestContext: {} })).toMatchObject({ statusCode: 405 });
  });
});
