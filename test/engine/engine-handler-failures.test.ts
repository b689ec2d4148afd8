import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { EngineBed } from './engine-bed.ts';
import { failWith, Fragile, next, Skipping, Stopping } from './fragile-functions.ts';

describe('Engine, when handlers fail', () => {
  let bed: EngineBed;
  beforeEach(() => {
    next.failures = [];
  });
  afterEach(() => bed.engine.stop());

  it('tries a failing message again with back-off and leaves no trace of the failed attempts (PARTITION-E2, FUNCTION-A1)', async () => {
    bed = await EngineBed.start([Fragile]);
    next.failures = [failWith('first'), failWith('second')];
    await bed.receives('test/fragile/a', 'sync', { name: 'one' });
    expect(await bed.state('test/fragile/a')).toEqual({});
    expect(bed.egressData).toEqual([]);
    await bed.advance(99);
    expect(bed.engine.statistics().attemptsFailed).toBe(1);
    await bed.advance(1);
    expect(bed.engine.statistics().attemptsFailed).toBe(2);
    await bed.advance(150);

    expect(await bed.state('test/fragile/a')).toEqual({ seen: ['one'] });
    expect(await bed.state('test/fragile/witness')).toEqual({ seen: ['one'] });
    expect(bed.egressData).toEqual([{ name: 'one' }]);
    expect(bed.engine.pendingDelayed()).toHaveLength(1);
    expect(bed.engine.deadLetters()).toEqual([]);
  });

  it('lets a failing address wait with its later messages in order while others go on (PARTITION-E1)', async () => {
    bed = await EngineBed.start([Fragile]);
    next.failures = [failWith('first')];
    bed.feed('test/fragile/a', 'async', { name: 'one' });
    bed.feed('test/fragile/a', 'async', { name: 'two' });
    await bed.receives('test/fragile/b', 'async', { name: 'three' });
    expect(await bed.state('test/fragile/a')).toEqual({});
    expect(await bed.state('test/fragile/b')).toEqual({ seen: ['three'] });
    await bed.advance(100);
    expect(await bed.state('test/fragile/a')).toEqual({ seen: ['one', 'two'] });
  });

  it('keeps a message as dead letter when its attempts are used up, then handles the next; redriving it starts anew', async () => {
    bed = await EngineBed.start([Fragile]);
    next.failures = [failWith('one'), failWith('two'), failWith('three')];
    bed.feed('test/fragile/a', 'sync', { name: 'poison' });
    await bed.receives('test/fragile/a', 'sync', { name: 'next' });
    await bed.advance(1_000);

    expect(await bed.state('test/fragile/a')).toEqual({ seen: ['next'] });
    const [letter] = bed.engine.deadLetters();
    expect(letter).toMatchObject({ kind: 'message', code: 'Error', reason: 'three', attempts: 3, target: 'test/fragile/a' });

    const idBefore = letter?.messageId;
    next.failures = [failWith('again'), failWith('again'), failWith('again')];
    bed.engine.redrive(letter?.id ?? '');
    await bed.engine.whenQuiet();
    await bed.advance(1_000);
    expect(bed.engine.deadLetters()).toMatchObject([{ reason: 'again', messageId: idBefore }]);
    bed.engine.redrive(bed.engine.deadLetters()[0]?.id ?? '');
    await bed.engine.whenQuiet();
    expect(await bed.state('test/fragile/a')).toEqual({ seen: ['next', 'poison'] });
    expect(bed.engine.deadLetters()).toEqual([]);
  });

  it('keeps the class and the stack of what a handler threw with the dead letter, through a restart', async () => {
    class PaymentRefused extends Error {}
    const refuse = (): never => {
      throw new PaymentRefused('no money');
    };
    bed = await EngineBed.start([Fragile]);
    next.failures = [refuse, refuse, refuse];
    await bed.receives('test/fragile/a', 'sync', { name: 'poison' });
    await bed.advance(1_000);
    await bed.engine.stop();
    const { store, clock } = bed;
    bed = await EngineBed.start([Fragile], { store, clock });
    const [letter] = bed.engine.deadLetters();
    expect(letter).toMatchObject({ code: 'Error', errorClass: 'PaymentRefused', reason: 'no money' });
    expect(letter?.stack).toMatch(/^Error: no money\n {4}at refuse .*engine-handler-failures/);
  });

  it('treats a rejected handler like one that throws', async () => {
    bed = await EngineBed.start([Fragile]);
    next.failures = [() => Promise.reject(new Error('rejected'))];
    await bed.receives('test/fragile/a', 'async', { name: 'one' });
    expect(bed.engine.statistics().attemptsFailed).toBe(1);
    await bed.advance(100);
    expect(await bed.state('test/fragile/a')).toEqual({ seen: ['one'] });
  });

  it('abandons a handler that never settles after its time limit, and ignores it when it settles after all (FUNCTION-A3)', async () => {
    bed = await EngineBed.start([Fragile]);
    await bed.receives('test/fragile/a', 'hang');
    const first = next.hang;
    expect(first?.aborted()).toBe(false);
    await bed.advance(30_000);
    expect(first?.aborted()).toBe(true);
    expect(bed.engine.statistics().attemptsFailed).toBe(1);
    first?.resolve();
    await bed.advance(100);
    expect(await bed.state('test/fragile/a')).toEqual({});
    next.hang?.resolve();
    await bed.engine.whenQuiet();
    expect(await bed.state('test/fragile/a')).toEqual({ seen: ['hung'] });
  });

  it('refuses context and cells after the attempt has ended (FUNCTION-A2)', async () => {
    bed = await EngineBed.start([Fragile]);
    await bed.receives('test/fragile/a', 'leak');
    expect(() => next.leaked?.send('test/fragile', 'b', { type: 'sync', data: {} })).toThrow('ATTEMPT_ENDED');
    expect(() => next.leaked?.egress('test/out', { type: 'x', data: {} })).toThrow('ATTEMPT_ENDED');
    expect(() => next.leakedCell?.append('late')).toThrow('ATTEMPT_ENDED');
    expect(() => next.leakedCell?.view()).toThrow('ATTEMPT_ENDED');
  });

  it.each([
    ['mutates what it was given', 'mutate', 'VALUE_FROZEN'],
    ['gives a delay that cannot be read', 'no-duration', 'INVALID_DURATION'],
    ['takes back a token that is none', 'no-token', 'DELAY_TOKEN_INVALID'],
    ['sends to undefined', 'no-target', 'UNKNOWN_FUNCTION'],
    ['names an egress with a symbol', 'no-egress', 'UNKNOWN_EGRESS'],
    ['sets state the codec would lose', 'lossy', 'STATE_NOT_SERIALIZABLE'],
    ['sends to an unknown function type', 'unknown-target', 'UNKNOWN_FUNCTION'],
    ['sends to an unknown egress', 'unknown-egress', 'UNKNOWN_EGRESS'],
    ['has no method for the event type', 'never-heard-of', 'UNHANDLED_EVENT_TYPE'],
  ])('makes a dead letter of a message whose handler %s', async (_name, type, code) => {
    bed = await EngineBed.start([Fragile]);
    await bed.receives('test/fragile/a', type, { name: 'x' });
    expect(bed.engine.failure).toBeUndefined();
    // At the first attempt: none of these mistakes goes away by itself.
    expect(bed.engine.deadLetters()).toMatchObject([{ kind: 'message', code, target: 'test/fragile/a', attempts: 1 }]);
    expect(await bed.state('test/fragile/a')).toEqual({});
  });

  it('does not try again what trying again cannot help', async () => {
    bed = await EngineBed.start([Fragile]);
    await bed.receives('test/fragile/a', 'unknown-target');
    expect(bed.engine.statistics().attemptsFailed).toBe(1);
    expect(bed.engine.deadLetters()).toHaveLength(1);
  });

  it('drops and counts with the policy skip', async () => {
    bed = await EngineBed.start([Skipping]);
    await bed.receives('test/skipping/a', 'x');
    expect(bed.engine.statistics()).toMatchObject({ messagesSkipped: 1, deadLettersKept: 0, messagesPending: 0 });
  });

  it('stops with the policy stop, and has the message again at the next start', async () => {
    bed = await EngineBed.start([Stopping]);
    bed.feed('test/stopping/a', 'x');
    expect((await bed.engine.stopped)?.message).toBe('cannot go on');
    const { store } = bed;
    bed = new EngineBed([Stopping], { store });
    await bed.engine.start();
    bed.feed('test/stopping/a', 'x');
    expect(await bed.engine.stopped).toBeDefined();
  });

  it('counts attempts across restarts', async () => {
    bed = await EngineBed.start([Fragile]);
    next.failures = [failWith('one'), failWith('two'), failWith('three')];
    await bed.receives('test/fragile/a', 'sync', { name: 'poison' });
    await bed.advance(100);
    expect(bed.engine.statistics().attemptsFailed).toBe(2);
    await bed.engine.stop();

    const { store, clock } = bed;
    bed = await EngineBed.start([Fragile], { store, clock });
    await bed.engine.whenQuiet();
    expect(bed.engine.statistics().attemptsFailed).toBe(0);
    await bed.advance(150);
    expect(bed.engine.deadLetters()).toMatchObject([{ reason: 'three', attempts: 3 }]);
  });

  it('keeps messages of a function type that no class declares any more as dead letters', async () => {
    bed = await EngineBed.start([Fragile, Skipping]);
    next.failures = [failWith('one')];
    await bed.receives('test/fragile/a', 'sync', { name: 'waiting' });
    await bed.engine.stop();
    const { store, clock } = bed;
    bed = await EngineBed.start([Skipping], { store, clock });
    await bed.engine.whenQuiet();
    expect(bed.engine.deadLetters()).toMatchObject([{ code: 'UNKNOWN_FUNCTION', target: 'test/fragile/a' }]);
  });
});
