import { setImmediate as nextTurn, setTimeout as realTime } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { Handles, StatefunFunction } from '../../src/functions/decorators.ts';
import { Persisted } from '../../src/state/persisted.ts';
import { PersistedValue } from '../../src/state/persisted-value.ts';
import { EngineBed } from './engine-bed.ts';

const open: (() => void)[] = [];

@StatefunFunction('test/slow')
class Slow {
  @Persisted() readonly count = PersistedValue.of<number>();

  @Handles()
  async onAnything(): Promise<void> {
    await new Promise<void>((resolve) => open.push(resolve));
    this.count.set(this.count.getOrDefault(0) + 1);
  }
}

it('waits for a handler that takes longer than whenQuiet is patient, up to the deadline of the stop', async () => {
  const bed = await EngineBed.start([Slow]);
  bed.feed('test/slow/a', 'x');
  while (open.length === 0) await nextTurn();
  const stopping = bed.engine.stop({ deadlineMs: 10_000 });
  // whenQuiet gives a handler one second of real time.
  await realTime(1_100);
  open[0]?.();
  await stopping;
  const { store, clock } = bed;
  const later = await EngineBed.start([Slow], { store, clock });
  expect(await later.state('test/slow/a')).toEqual({ count: 1 });
  await later.engine.stop();
});
