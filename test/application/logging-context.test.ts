import { expect, it } from '@jest/globals';
import { InvocationLogger, InvocationLogScope } from '../../src/application/logging-context.ts';
import { silentLogger, type LogFields, type Logger } from '../../src/shared/logger.ts';

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
  const [first, second] = [scope.run({ id: 'a' }, handler), scope.run({ id: 'b' }, handler)];
  logger.info('outside');
  await Promise.all([first, second]);

  expect(fields).toEqual([{ id: 'a' }, { id: 'b' }, {}, { id: 'a', step: 2 }, { id: 'b', step: 2 }]);
});
