import { describe, expect, it } from '@jest/globals';
import { TimerQueue, type Timer } from '../../../src/engine/partition/timer-queue.ts';
import { below, seededRandom } from '../../../src/shared/seeded-random.ts';

interface Named extends Timer {
  readonly name: number;
}

const timer = (dueAt: number, name = 0): Named => ({ dueAt, name, cancelled: false });

describe('TimerQueue', () => {
  it('gives nothing before its time, and then by due time and in the order of adding', () => {
    const queue = new TimerQueue<Named>();
    for (const [dueAt, name] of [
      [20, 1],
      [10, 2],
      [20, 3],
      [10, 4],
    ] as const) {
      queue.add(timer(dueAt, name));
    }
    expect(queue.nextDueAt).toBe(10);
    expect(queue.takeDue(9)).toBeUndefined();
    expect(drain(queue, 15)).toEqual([2, 4]);
    expect(drain(queue, 20)).toEqual([1, 3]);
    expect(queue.nextDueAt).toBeUndefined();
  });

  it('moves what is in it back, and nothing that is added later', () => {
    const queue = new TimerQueue<Named>();
    queue.add(timer(100, 1));
    queue.add(timer(120, 2));
    queue.moveBack(50);
    queue.add(timer(60, 3));
    expect(queue.nextDueAt).toBe(50);
    expect(drain(queue, 60)).toEqual([1, 3]);
    expect(drain(queue, 70)).toEqual([2]);
  });

  it.each([1, 2, 3, 4, 5])('agrees with a sorted list, whatever is added, taken and cancelled (seed %i)', (seed) => {
    const random = seededRandom(seed);
    const queue = new TimerQueue<Named>();
    let list: Named[] = [];
    for (let name = 0; name < 3_000; name += 1) {
      const dice = random();
      const oldest = list[below(random, Math.max(list.length, 1))];
      if (dice < 0.5) list.push(queue.add(timer(below(random, 50), name)));
      else if (dice < 0.8 && oldest !== undefined) {
        queue.cancel(oldest);
        list = list.filter((kept) => kept !== oldest);
      } else {
        const nowMs = below(random, 50);
        const expected = list.filter(({ dueAt }) => dueAt <= nowMs).sort((a, b) => a.dueAt - b.dueAt || a.name - b.name)[0];
        expect(queue.takeDue(nowMs)?.name).toBe(expected?.name);
        list = list.filter((kept) => kept !== expected);
      }
    }
    expect(drain(queue, 50)).toEqual(list.sort((a, b) => a.dueAt - b.dueAt || a.name - b.name).map(({ name }) => name));
  });

  it('does not grow when a timer far ahead is set and taken back again and again', () => {
    const queue = new TimerQueue<Named>();
    for (let round = 0; round < 10_000; round += 1) {
      const far = queue.add(timer(1e15));
      queue.cancel(far);
      queue.cancel(far);
    }
    queue.add(timer(5, 7));
    expect(queue.length).toBeLessThan(200);
    expect(drain(queue, 1e16)).toEqual([7]);
  });
});

function drain(queue: TimerQueue<Named>, nowMs: number): number[] {
  const names: number[] = [];
  for (let due = queue.takeDue(nowMs); due !== undefined; due = queue.takeDue(nowMs)) names.push(due.name);
  return names;
}
