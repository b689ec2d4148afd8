import { describe, expect, it } from '@jest/globals';
import type { FunctionContext } from '../../../../src/request-reply/serving/functions/function-context.ts';
import { StatefulFunctions } from '../../../../src/request-reply/serving/functions/stateful-functions.ts';
import type { TypedMessage } from '../../../../src/request-reply/serving/functions/typed-message.ts';
import { kafkaRecord } from '../../../../src/request-reply/protocol/egress-records.ts';
import { RequestReplyHandler } from '../../../../src/request-reply/serving/request-reply-handler.ts';
import { typed } from '../../../../src/request-reply/protocol/typed-values.ts';
import { int32Type, stringType } from '../../../../src/state/state-type.ts';
import { callWithStates, LogDouble } from '../../runtime.ts';

const target = { type: 'demo/greeter', id: 'Bob' };
const hello = typed(stringType(), 'hello');

describe('onFailure', () => {
  const functions = (
    onFailure?: (error: Error, context: FunctionContext<{ seen: ReturnType<typeof int32Type> }>, message: TypedMessage) => void,
  ) =>
    new RequestReplyHandler(
      new StatefulFunctions({ logger: new LogDouble() }).bind(
        'demo/greeter',
        (context, message) => {
          context.storage.seen = (context.storage.seen ?? 0) + 1;
          context.send('demo/person', 'Al', 1);
          if (message.isInt()) throw new Error('no text');
        },
        { state: { seen: int32Type() }, ...(onFailure === undefined ? {} : { onFailure }) },
      ),
      { logger: new LogDouble() },
    );
  const batch = [hello, typed(int32Type(), 5), hello];

  it('skips the message when it does nothing: no trace of it is left', async () => {
    const result = await callWithStates(
      functions(() => undefined),
      target,
      batch,
    );
    expect(result.messages).toHaveLength(2);
    expect(result.mutations).toMatchObject([{ name: 'seen', value: { value: Buffer.from('0d02000000', 'hex') } }]);
  });

  it('can send the message elsewhere', async () => {
    const handler = functions((error, context, message) => {
      context.sendEgress('demo/dead-letters', kafkaRecord({ topic: error.message, value: message }));
      context.sendAfter('1m', context.self.type, context.self.id, message);
    });
    const result = await callWithStates(handler, target, batch);
    expect(result.egress).toMatchObject([{ egressId: 'demo/dead-letters' }]);
    expect(result.delayed).toMatchObject([{ delayMs: 60_000, target, argument: { typename: 'io.statefun.types/int' } }]);
  });

  it('fails the batch when it fails itself', async () => {
    const handler = functions(() => {
      throw new Error('twice');
    });
    await expect(callWithStates(handler, target, batch)).rejects.toThrow('twice');
  });
});
