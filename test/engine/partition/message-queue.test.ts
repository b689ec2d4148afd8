import { describe, expect, it } from '@jest/globals';
import { MessageQueue } from '../../../src/engine/partition/message-queue.ts';
import type { PendingMessage } from '../../../src/engine/partition/activation.ts';
import { pending } from './pending.ts';

describe('MessageQueue', () => {
  it('returns messages in the order in which they came, also after its array was moved together and emptied (PARTITION-Q1)', () => {
    const queue = new MessageQueue();
    const taken: number[] = [];
    let pushed = 0;
    for (const [pushes, removals] of [
      [5_000, 3_000],
      [100, 2_100],
      [1, 1],
      [3_000, 2_900],
    ] as const) {
      for (let count = 0; count < pushes; count += 1) queue.push(pending('a', ++pushed));
      for (let count = 0; count < removals; count += 1) {
        taken.push(queue.first?.sequence ?? 0);
        queue.removeFirst();
      }
    }
    expect(taken).toEqual(Array.from(taken, (_, index) => index + 1));
    expect([...queue].map(({ sequence }) => sequence)).toEqual(Array.from({ length: 100 }, (_, index) => pushed - 99 + index));
  });

  it('passes over messages that were dropped', () => {
    const queue = new MessageQueue();
    const messages = [1, 2, 3].map((sequence) => pending('a', sequence));
    for (const message of messages) queue.push(message);
    const drop = (message: PendingMessage | undefined): void => {
      if (message !== undefined) message.handled = true;
    };
    drop(messages[0]);
    drop(messages[2]);

    expect([...queue]).toEqual([messages[1]]);
    expect(queue.first).toBe(messages[1]);
    queue.removeFirst();
    expect(queue.first).toBeUndefined();
  });

  it('returns those that no commit holds (PARTITION-Q2)', () => {
    const queue = new MessageQueue();
    const messages = [1, 2, 3, 4].map((sequence) => pending('a', sequence));
    for (const message of messages) queue.push(message);
    for (const message of messages.slice(0, 2)) message.stored = true;

    expect(queue.unstored()).toEqual(messages.slice(2));
  });
});
