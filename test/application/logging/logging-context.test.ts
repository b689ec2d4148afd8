import { expect, it } from '@jest/globals';
import { InvocationLogger, InvocationLogScope } from '../../../src/application/logging/logging-context.ts';
import { AttemptOrigin } from '../../../src/functions/attempt-origin.ts';
import { silentLogger, type LogFields, type Logger } from '../../../src/shared/logger.ts';

it('adds the invocation to lines written during a handler, before and after it awaits, and to no others', async () => {
  const fields: (LogFields | undefined)[] = [];
  const sink: Logger = { ...silentLogger, isEnabled: () => true, info: (_text, given) => void fields.push(given) };
  const scope = new InvocationLogScope();
  const logger = new InvocationLogger(sink, scope);

  const handler = async (): Promise<void> => {
    logger.info('before');
    await Promise.resolve();
    logger.info('after', { step: 2 });
  };
  const of = (id: string): AttemptOrigin => new AttemptOrigin({ type: 'shop/cart', id }, `message-${id}`, silentLogger);
  const [first, second] = [scope.run(of('a'), handler), scope.run(of('b'), handler)];
  logger.info('outside');
  await Promise.all([first, second]);

  const a = { address: 'shop/cart/a', messageId: 'message-a' };
  const b = { address: 'shop/cart/b', messageId: 'message-b' };
  expect(fields).toEqual([a, b, {}, { ...a, step: 2 }, { ...b, step: 2 }]);
});
