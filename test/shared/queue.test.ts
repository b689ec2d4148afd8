import { describe, expect, it } from '@jest/globals';
import { Queue } from '../../src/shared/queue.ts';

describe('Queue', () => {
  it('gives first what was pushed first, also over many thousands and with undefined among them', () => {
    const queue = new Queue<number | undefined>();
    const expected: (number | undefined)[] = [];
    for (let round = 0; round < 10_000; round += 1) {
      const item = round % 7 === 0 ? undefined : round;
      queue.push(item);
      expected.push(item);
      if (round % 3 !== 0) expect(queue.shift()).toBe(expected.shift());
    }
    expect(queue.length).toBe(expected.length);
    expect(queue.peek()).toBe(expected[0]);
    expect([...queue]).toEqual(expected);
    while (queue.length > 0) expect(queue.shift()).toBe(expected.shift());
    expect(expected).toEqual([]);
  });

  it('answers undefined when it is empty, and can be used again after clear', () => {
    const queue = new Queue<string>();
    expect([queue.shift(), queue.peek(), queue.length]).toEqual([undefined, undefined, 0]);
    queue.push('a');
    queue.clear();
    queue.push('b');
    expect([queue.shift(), queue.length]).toEqual(['b', 0]);
  });
});
