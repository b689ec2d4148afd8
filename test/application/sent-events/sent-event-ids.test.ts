import { describe, expect, it } from '@jest/globals';
import { SentEventIds, sentEventKey, sentEventsMax } from '../../../src/application/sent-events/sent-event-ids.ts';

describe('SentEventIds', () => {
  it('remembers the last 1,000, also after a restart', () => {
    const positions = new Map<string, string>();
    const ids = new SentEventIds();
    for (let index = 0; index < sentEventsMax + 3; index += 1) {
      const { partition, position } = ids.add(`key-${index}`);
      positions.set(partition, position);
    }
    expect(positions.size).toBe(1_000);
    const restored = new SentEventIds();
    restored.restore(positions);
    for (const each of [ids, restored]) {
      expect([2, 3, 1_002].map((index) => each.has(`key-${index}`))).toEqual([false, true, true]);
      // The numbers go on: the oldest is the next to go.
      each.add('another');
      expect([3, 4, 1_002].map((index) => each.has(`key-${index}`))).toEqual([false, true, true]);
    }
  });

  it('keeps one that is added again after it was forgotten', () => {
    const ids = new SentEventIds();
    ids.add('a');
    ids.forget('a');
    expect(ids.has('a')).toBe(false);
    ids.add('a');
    for (let index = 1; index < sentEventsMax; index += 1) ids.add(`key-${index}`);
    expect(ids.has('a')).toBe(true);
    ids.add('last');
    expect(ids.has('a')).toBe(false);
  });

  it('tells apart sources and ids whose texts together are the same', () => {
    expect(sentEventKey('/a', 'bc')).not.toBe(sentEventKey('/ab', 'c'));
  });
});
