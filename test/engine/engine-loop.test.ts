import { describe, expect, it } from '@jest/globals';
import { EngineLoop, type EngineLoopOptions } from '../../src/engine/engine-loop.ts';
import { defaultLimits } from '../../src/engine/partition/limits.ts';
import { ManualClock } from '../../src/shared/time/manual-clock.ts';

/** A loop over a partition with some messages to handle. `done` lists what it does; the test takes the turns. */
function setUp(messages: number) {
  const done: string[] = [];
  const turns: (() => void)[] = [];
  const activation = { address: { type: 'test/f', id: 'a' } };
  let left = messages;
  const handled: { then?: () => void } = {};
  const options = {
    clock: new ManualClock(),
    pace: {
      now: () => 0,
      nextTurn: (turn: () => void) => turns.push(turn),
      later: () => () => undefined,
      gap: { afterCommits: 100, ms: 3 },
      stepsPerLook: 1,
    },
    limits: { ...defaultLimits, sliceMs: 1 },
    partition: {
      advance: () => undefined,
      step() {
        if (left === 0) return undefined;
        left -= 1;
        done.push('message');
        handled.then?.();
        return activation;
      },
      group: { bytes: 0, invocations: 0, empty: true },
      states: { reading: 0 },
      mailboxes: { hasRoom: true },
    },
    intake: { takeNext: () => false },
    pipeline: { cutIfDue: () => undefined, committing: false, isDue: false },
    ingress: [],
    outbox: { records: 0, bytes: 0 },
    endless: () => undefined,
    turned: () => done.push('turned'),
    failed: (error: unknown) => {
      throw error;
    },
  };
  // The loop uses nothing else of its parts.
  const loop = new EngineLoop(options as unknown as EngineLoopOptions);
  return { loop, done, turns, handled };
}

describe('EngineLoop', () => {
  it('lets in what comes from outside at the start of a turn only, and in order (ENGINE-L2)', () => {
    const { loop, done, turns, handled } = setUp(2);
    handled.then = () => loop.arrive(() => done.push('arrival'));
    loop.start();
    turns.shift()?.();
    expect(done).toEqual(['message', 'message', 'turned']);

    turns.shift()?.();
    expect(done.slice(3)).toEqual(['arrival', 'arrival', 'turned']);
  });

  it('takes one turn at a time, and none after it has stopped', () => {
    const { loop, done, turns } = setUp(1);
    loop.wake();
    expect(turns).toEqual([]);
    loop.start();
    loop.wake();
    expect(turns).toHaveLength(1);

    loop.stop();
    turns.shift()?.();
    expect(done).toEqual([]);
  });
});
