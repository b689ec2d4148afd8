import { describe, expect, it } from '@jest/globals';
import type { Run } from '../../../src/engine/partition/run.ts';
import { RunningHandlers } from '../../../src/testing/isolated/running-handlers.ts';

/** Only the identity of a run, and whether it has ended, matter here. */
const newRun = (): Run => ({ ended: false }) as Run;

describe('RunningHandlers', () => {
  it('waits until a handler has ended, and for none that has', async () => {
    const handlers = new RunningHandlers(60_000);
    let settle = (): void => undefined;
    handlers.add(newRun(), new Promise((resolve) => (settle = resolve)));
    handlers.add({ ...newRun(), ended: true }, new Promise(() => undefined));
    const ended = handlers.next();
    settle();
    expect(await ended).toBe(true);
    expect(await handlers.next()).toBe(false);
  });

  it('waits out a handler once, however often it is asked', async () => {
    const handlers = new RunningHandlers(5);
    handlers.add(newRun(), new Promise(() => undefined));
    expect(await handlers.next()).toBe(false);
    const later = new Promise((resolve) => setImmediate(() => resolve('waited again')));
    expect(await Promise.race([handlers.next(), later])).toBe(false);
  });
});
