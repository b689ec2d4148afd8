import { EventEmitter } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { InvocationLogScope } from '../../../src/application/logging/logging-context.ts';
import { StrayFailures } from '../../../src/application/running/stray-failures.ts';
import { AttemptOrigin } from '../../../src/functions/attempt-origin.ts';
import { StatefunError } from '../../../src/shared/errors.ts';
import { silentLogger, type LogFields, type Logger } from '../../../src/shared/logger.ts';

describe('StrayFailures', () => {
  const address = { type: 'shop/cart', id: 'c1' };
  let lines: (LogFields | undefined)[];
  let stops: Error[];
  let process: EventEmitter;
  let failures: StrayFailures;
  let unlisten: () => void;
  const logger: Logger = { ...silentLogger, error: (_text, fields) => void lines.push(fields) };
  const scope = new InvocationLogScope();

  beforeEach(() => {
    lines = [];
    stops = [];
    process = new EventEmitter();
    failures = new StrayFailures(process);
    unlisten = failures.listen({ logger, stop: (error) => stops.push(error) });
  });

  /** Node emits with the context of what has failed. */
  const fail = (origin: AttemptOrigin, thrown: unknown, event = 'unhandledRejection'): void => {
    scope.run(origin, () => process.emit(event, thrown));
  };

  it.each(['unhandledRejection', 'uncaughtException'])('fails the attempt that is open, told by %s (APPLICATION-F1)', async (event) => {
    const origin = new AttemptOrigin(address, 'm1', logger);
    const handler = origin.settled(new Promise(() => undefined));
    fail(origin, new Error('no answer'), event);
    await expect(handler).rejects.toMatchObject({
      code: 'FAILURE_NOT_AWAITED',
      outcome: 'retry',
      facts: { address, messageId: 'm1' },
      cause: expect.objectContaining({ message: 'no answer' }),
    });
    expect([lines, stops]).toEqual([[], []]);
  });

  it('fails the open attempt with an error of the framework as it is, so that it is tried again or not as if it had been awaited', async () => {
    const origin = new AttemptOrigin(address, 'm1', logger);
    const handler = origin.settled(new Promise(() => undefined));
    const thrown = new StatefunError('UNKNOWN_FUNCTION', 'nothing handles it.');
    fail(origin, thrown);
    await expect(handler).rejects.toBe(thrown);
  });

  it('logs what comes after the end with code, address, message and hint, and stops nothing', async () => {
    const origin = new AttemptOrigin(address, 'm1', logger);
    await origin.settled(Promise.resolve());
    fail(origin, new Error('late'));
    expect(lines).toMatchObject([
      {
        address: 'shop/cart/c1',
        messageId: 'm1',
        error: { code: 'FAILURE_NOT_AWAITED', summary: expect.stringContaining('Error: late'), hint: expect.stringContaining('Await it') },
      },
    ]);
    expect(stops).toEqual([]);
  });

  it('stops in order for what no attempt is known to have caused (APPLICATION-F2)', () => {
    process.emit('unhandledRejection', new Error('of a provider'));
    expect(stops).toMatchObject([{ code: 'FAILURE_WITHOUT_ATTEMPT', cause: { message: 'of a provider' } }]);
  });

  it('knows ATTEMPT_ENDED without a context: the cell says where it belongs', () => {
    const thrown = new StatefunError('ATTEMPT_ENDED', 'used.', { facts: { address } });
    process.emit('uncaughtException', thrown);
    expect(lines).toEqual([{ error: thrown }]);
    expect(stops).toEqual([]);
  });

  it('bears every value that can be thrown', () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    for (const thrown of [proxy, undefined, null, Symbol('x')]) fail(new AttemptOrigin(address, 'm1', logger), thrown);
    process.emit('unhandledRejection', proxy);
    expect(lines).toHaveLength(4);
    expect(stops).toHaveLength(1);
  });

  it('goes on to report what handlers left when the application has ended, and leaves all else to the process (APPLICATION-F3)', async () => {
    unlisten();
    fail(new AttemptOrigin(address, 'm1', logger), new Error('late'));
    expect(lines).toHaveLength(1);
    expect(process.listenerCount('unhandledRejection')).toBe(1);
    await nextTurn();
    expect(stops).toEqual([]);
  });
});
