import { describe, expect, it } from '@jest/globals';
import { Handles, StatefunFunction } from '../../src/functions/decorators.ts';
import { hasCode } from '../../src/shared/errors.ts';
import { testFunction } from '../../src/testing/test-function.ts';
import { event, probe, ProbeFunction } from './probe-function.ts';

describe('a handler that fails', () => {
  it('makes the call reject with what was thrown, leaves no trace, and does not close the address', async () => {
    const test = await probe({ state: { count: 5 } });
    await expect(test.receives(event('fail-until', 1e300))).rejects.toThrow('too early');
    expect(test.state).toEqual({ count: 5 });
    expect(test.sent).toEqual([]);
    expect(test.deadLetters).toMatchObject([{ code: 'Error', attempts: 1 }]);
    await test.receives(event('count', 1));
    expect(test.state).toMatchObject({ count: 6 });
    test.clear();
    expect(test.deadLetters).toEqual([]);
    expect(test.failure).toBeUndefined();
  });

  it('is tried again when the clock moves, where retries are asked for', async () => {
    const test = await probe({ retries: true, now: 0 });
    await test.receives(event('fail-until', 1000));
    expect(test.failure?.message).toBe('too early: 0');
    expect(test.sent).toEqual([]);
    await test.advance('1s');
    expect(test.state).toEqual({ count: 1 });
    expect(test.sent).toHaveLength(1);
    expect(test.deadLetters).toEqual([]);
  });

  it('becomes a dead letter after its attempts, which settleRetries waits for', async () => {
    const test = await probe({ retries: true, now: 0 });
    await test.receives(event('fail-until', 1e300));
    await test.receives(event('count', 1));
    expect(test.state).toEqual({});
    await test.settleRetries();
    // Three attempts: at 0 s, after 1 s, after 2 s more.
    expect(test.now).toBe(3000);
    expect(test.deadLetters).toMatchObject([{ code: 'Error', reason: 'too early: 3000', attempts: 3, target: 'test/probe/test-id' }]);
    expect(test.state).toMatchObject({ count: 1 });
  });

  it('rejects: the call rejects too', async () => {
    const test = await probe();
    await expect(test.receives(event('reject'))).rejects.toThrow('rejected');
  });

  it('has no handler for the event: the call rejects', async () => {
    const test = await probe();
    await expect(test.receives(event('unheard-of'))).rejects.toThrow('UNHANDLED_EVENT_TYPE');
  });

  it('mutates what it was given: the call rejects with VALUE_FROZEN', async () => {
    const test = await probe();
    await expect(test.receives(event('mutate', { changed: false }))).rejects.toThrow(/^VALUE_FROZEN: .*read only property/);
  });

  it('uses its context after the end: ATTEMPT_ENDED', async () => {
    const test = await probe();
    await test.receives(event('leave-open'));
    let thrown: unknown;
    try {
      ProbeFunction.left?.send('test/other', '1', event('late'));
    } catch (error) {
      thrown = error;
    }
    expect(hasCode(thrown, 'ATTEMPT_ENDED')).toBe(true);
    expect(test.sent).toEqual([]);
  });

  it('may stop the engine by its policy: every later call rejects', async () => {
    @StatefunFunction('test/stopper', { retry: { attemptsMax: 1 }, onFailure: 'stop' })
    class StopperFunction {
      @Handles()
      onAny(): void {
        throw new Error('stop here');
      }
    }
    const test = await testFunction(StopperFunction, { retries: true });
    await expect(test.receives(event('any'))).rejects.toThrow('stop here');
    await expect(test.advance(1)).rejects.toThrow('stop here');
  });

  it('never comes to rest: the call rejects instead of hanging', async () => {
    const test = await probe();
    await expect(test.receives(event('loop'))).rejects.toThrow('TEST_NEVER_QUIET');
  });
});

describe('an asynchronous handler', () => {
  it('is waited for while it awaits something outside', async () => {
    const test = await probe();
    await test.receives(event('wait'));
    expect(test.sent).toMatchObject([{ event: { type: 'waited' } }]);
  });

  it('that never settles is left after the grace, and timed out by the clock', async () => {
    const test = await probe({ handlerGrace: '1ms' });
    await test.receives(event('hang'));
    expect(test.deadLetters).toEqual([]);
    await test.advance('9999ms');
    expect(test.failure).toBeUndefined();
    await expect(test.advance('1ms')).rejects.toThrow('HANDLER_TIMEOUT');
    expect(test.sent).toEqual([]);
  });
});
