import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ManualClock } from '../../src/shared/time/manual-clock.ts';

/** More turns of the event loop than any read or write of a local file needs. */
const turnsMax = 2_000_000;

/** Lets everything that is due happen, moving the clock from one callback to the next, until the condition holds. */
export async function until(condition: () => boolean, clock: ManualClock): Promise<void> {
  for (let turn = 0; turn < turnsMax; turn += 1) {
    if (condition()) return;
    if (clock.nextDueAt !== undefined) clock.step(clock.nextDueAt);
    await nextTurn();
  }
  throw new Error(`still waiting after ${turnsMax} turns for: ${condition.toString()}`);
}

/** Waits for the promise, letting everything that is due happen. */
export async function settled<T>(promise: Promise<T>, clock: ManualClock): Promise<T> {
  let isSettled = false;
  const watched = promise.finally(() => (isSettled = true));
  watched.catch(() => undefined);
  await until(() => isSettled, clock);
  return watched;
}

/** Lets happen what can happen within so many turns. */
export async function turns(count: number, clock: ManualClock): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) {
    if (clock.nextDueAt !== undefined) clock.step(clock.nextDueAt);
    await nextTurn();
  }
}
