import { describe, expect, it } from '@jest/globals';
import { QuietWatch, type Activity } from '../../../src/engine/report/quiet-watch.ts';

/** No timer runs before this resolves. */
const microtasks = async (): Promise<void> => {
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
};

async function resolvesWithoutTimer(promise: Promise<void>): Promise<boolean> {
  let resolved = false;
  void promise.then(() => (resolved = true));
  await microtasks();
  return resolved;
}

describe('QuietWatch', () => {
  it('lets everyone go as soon as the engine is quiet', async () => {
    let activity: Activity = 'busy';
    const watch = new QuietWatch(() => activity);
    const waiting = watch.whenQuiet();
    expect(await resolvesWithoutTimer(waiting)).toBe(false);

    activity = 'quiet';
    watch.check();

    expect(await resolvesWithoutTimer(waiting)).toBe(true);
  });

  it('waits for hanging handlers once, and again only when others have been started', async () => {
    let activity: Activity = { handlersStarted: 1 };
    const watch = new QuietWatch(() => activity, 1);
    const first = watch.whenQuiet();
    expect(await resolvesWithoutTimer(first)).toBe(false);
    await first;

    expect(await resolvesWithoutTimer(watch.whenQuiet())).toBe(true);

    activity = { handlersStarted: 2 };
    const third = watch.whenQuiet();
    expect(await resolvesWithoutTimer(third)).toBe(false);
    await third;
  });
});
