import { describe, expect, it } from '@jest/globals';
import { DrainWatch } from '../../src/engine/drain-watch.ts';

/** How many messages are handled before the watch gives up; `left` says how many are left then. */
function handledUntilGivenUp(watch: DrainWatch, left: (handled: number) => number, handledMax: number): number | undefined {
  for (let handled = 1; handled <= handledMax; handled += 1) if (!watch.getsOn(left(handled))) return handled;
  return undefined;
}

describe('DrainWatch', () => {
  it('gives up when as many messages are left after ten thousand, and four for each that was there', () => {
    const watch = new DrainWatch(30_000, () => 0);
    expect(handledUntilGivenUp(watch, () => 500, 100_000)).toBe(12_000);
  });

  it('does not give up as long as they become fewer', () => {
    const watch = new DrainWatch(30_000, () => 0);
    expect(handledUntilGivenUp(watch, (handled) => 1_000_000 - handled, 1_000_000)).toBeUndefined();
  });

  it('gives up sooner when handlers are slow: after a hundred, and a quarter of the deadline', () => {
    let nowMs = 0;
    const watch = new DrainWatch(30_000, () => nowMs);
    const left = (): number => {
      nowMs += 20;
      return 2;
    };
    // It looks at every hundredth: 20 ms each, the quarter of 7,500 ms is over at the fourth.
    expect(handledUntilGivenUp(watch, left, 100_000)).toBe(400);
  });
});
