import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Cancel } from '../../src/shared/time/clock.ts';
import { ManualClock } from '../../src/shared/time/manual-clock.ts';
import { EngineBed } from './engine-bed.ts';
import { failWith, Fragile, next } from './fragile-functions.ts';

/** A clock that can be set, as the machine's can: what is scheduled comes after the time that was left, wherever the clock stands then. */
class SettableClock extends ManualClock {
  scheduled = 0;
  #offsetMs = 0;

  setBack(byMs: number): void {
    this.#offsetMs -= byMs;
  }

  override now(): number {
    return super.now() + this.#offsetMs;
  }

  override schedule(dueAt: number, callback: () => void): Cancel {
    this.scheduled += 1;
    return super.schedule(dueAt - this.#offsetMs, callback);
  }

  override step(untilMs: number): boolean {
    return super.step(untilMs - this.#offsetMs);
  }
}

const hourMs = 3_600_000;

describe('an engine whose clock is set back', () => {
  let clock: SettableClock;
  let bed: EngineBed;
  beforeEach(() => {
    next.failures = [];
    clock = new SettableClock();
  });
  afterEach(() => bed.engine.stop());

  it('delivers a delayed message when the clock comes to its time, once, without looking for it all the while', async () => {
    bed = await EngineBed.start([Fragile], { clock });
    await bed.receives('test/fragile/a', 'sync', { name: 'one' });
    clock.setBack(hourMs);
    const before = clock.scheduled;
    await bed.advance(hourMs + 999);
    expect(await bed.state('test/fragile/witness')).toEqual({ seen: ['one'] });
    await bed.advance(1);
    expect(await bed.state('test/fragile/witness')).toEqual({ seen: ['one', 'late'] });
    await bed.advance(10 * hourMs);
    expect(await bed.state('test/fragile/witness')).toEqual({ seen: ['one', 'late'] });
    expect(clock.scheduled - before).toBeLessThan(5);
  });

  it('delivers what becomes due in the order of the times, also when later ones were asked for first', async () => {
    bed = await EngineBed.start([Fragile], { clock });
    await bed.receives('test/fragile/a', 'sync', { name: 'before' });
    clock.setBack(hourMs);
    await bed.receives('test/fragile/b', 'sync', { name: 'after' });
    expect(bed.engine.pendingDelayed()).toHaveLength(2);
    await bed.advance(1_000);
    expect(bed.engine.pendingDelayed()).toHaveLength(1);
    await bed.advance(hourMs);
    expect(bed.engine.pendingDelayed()).toHaveLength(0);
  });

  it('tries a failed message again after its delay, however far the clock was set back', async () => {
    bed = await EngineBed.start([Fragile], { clock });
    next.failures = [failWith('first'), failWith('second')];
    await bed.receives('test/fragile/a', 'async', { name: 'one' });
    clock.setBack(hourMs);
    await bed.advance(1_000);
    expect(await bed.state('test/fragile/a')).toEqual({ seen: ['one'] });
    expect(bed.engine.statistics().attemptsFailed).toBe(2);
  });

  it('ends a handler that hangs, however far the clock was set back', async () => {
    bed = await EngineBed.start([Fragile], { clock });
    await bed.receives('test/fragile/a', 'hang');
    const first = next.hang;
    clock.setBack(24 * hourMs);
    // At most twice its 30 seconds: how far the clock was set back is seen when the engine looks at it again.
    await bed.advance(60_000);
    expect(first?.aborted()).toBe(true);
    await bed.advance(100);
    next.hang?.resolve();
    await bed.engine.whenQuiet();
    expect(await bed.state('test/fragile/a')).toEqual({ seen: ['hung'] });
  });

  it('keeps its dead letters in their order and drops them by the age they have when the clock has come round', async () => {
    bed = await EngineBed.start([Fragile], { clock, limits: { deadLetterAgeMsMax: 2 * hourMs } });
    const reasons = (): string[] => bed.engine.deadLetters().map(({ reason }) => reason);
    const fails = async (name: string): Promise<void> => {
      next.failures = [failWith(name), failWith(name), failWith(name)];
      await bed.receives('test/fragile/a', 'async', { name });
      await bed.advance(1_000);
    };
    await fails('first');
    clock.setBack(10 * hourMs);
    await fails('second');
    expect(reasons()).toEqual(['first', 'second']);
    await bed.advance(11 * hourMs);
    await fails('third');
    // The second is oldest by its time, but the letters go in the order in which they came.
    expect(reasons()).toEqual(['first', 'second', 'third']);
    await bed.advance(2 * hourMs);
    await fails('fourth');
    expect(reasons()).toEqual(['fourth']);
  });

  it('goes on after a restart at an earlier time with what was stored at a later one', async () => {
    bed = await EngineBed.start([Fragile], { clock });
    await bed.receives('test/fragile/a', 'sync', { name: 'one' });
    await bed.engine.stop();
    clock.setBack(hourMs);
    bed = await EngineBed.start([Fragile], { clock, store: bed.store });
    bed.feed('test/fragile/b', 'sync', { name: 'a record that was taken before the restart' });
    await bed.receives('test/fragile/b', 'sync', { name: 'two' });
    await bed.advance(1_000);
    expect(await bed.state('test/fragile/witness')).toEqual({ seen: ['one', 'two', 'late'] });
    await bed.advance(hourMs);
    expect(await bed.state('test/fragile/witness')).toEqual({ seen: ['one', 'two', 'late', 'late'] });
  });
});
