import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { EngineBed } from './engine-bed.ts';
import { Leaving, left } from './leftover-functions.ts';

describe('An attempt that has ended', () => {
  let bed: EngineBed;
  beforeEach(async () => {
    left.calls = [];
    left.open = [];
    bed = await EngineBed.start([Leaving]);
  });
  afterEach(() => bed.engine.stop({ deadlineMs: 1 }));

  it.each(['traced', 'generator', 'callable'])('writes nothing into a later one, whose %s handler is open', async (type) => {
    await bed.receives('test/leaving/a', 'leave');
    bed.feed('test/leaving/a', type);
    while (left.open.length === 0) await nextTurn();
    expect(() => left.calls[0]?.()).toThrow(/^ATTEMPT_ENDED: the persisted table "log" of test\/leaving\/a was used/);
    left.open[0]?.();
    await bed.engine.whenQuiet();
    expect(await bed.state('test/leaving/a')).toEqual({ log: { [type]: 'event-2' } });
  });

  it('writes nothing into a later one that calls it', async () => {
    await bed.receives('test/leaving/a', 'leave');
    await bed.receives('test/leaving/a', 'call');
    expect(await bed.state('test/leaving/a')).toEqual({ log: { call: 'event-2' } });
    expect(bed.out.events).toMatchObject([{ data: { message: expect.stringContaining('ATTEMPT_ENDED') } }]);
  });

  it('is not over before a thenable that is a function has settled', async () => {
    bed.feed('test/leaving/a', 'callable');
    while (left.open.length === 0) await nextTurn();
    expect(bed.engine.statistics().invocations).toBe(0);
    left.open[0]?.();
    await bed.engine.whenQuiet();
    expect(await bed.state('test/leaving/a')).toEqual({ log: { callable: 'event-1' } });
  });
});
