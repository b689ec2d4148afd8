import { describe, expect, it } from '@jest/globals';
import { DeadLetters, type DeadLetter } from '../../../src/engine/partition/dead-letters.ts';
import { defaultLimits } from '../../../src/engine/partition/limits.ts';

const letter = (at: number, bytes = 1): Omit<DeadLetter, 'id'> => ({
  kind: 'message',
  code: 'Error',
  reason: 'x',
  at,
  attempts: 1,
  payload: new Uint8Array(bytes),
});

describe('DeadLetters', () => {
  it.each([
    ['count', { deadLettersMax: 3 }, [0, 0, 0, 0, 0], 1, [3, 4, 5]],
    ['bytes', { deadLetterBytesMax: 30 }, [0, 0, 0, 0], 10, [2, 3, 4]],
    ['age', { deadLetterAgeMsMax: 100 }, [0, 50, 101, 150], 1, [2, 3, 4]],
  ])('drops the oldest to stay within the limit of %s', (_name, limits, times, bytes, kept) => {
    const letters = new DeadLetters({ ...defaultLimits, ...limits });
    const dropped = times.flatMap((at) => letters.add(letter(at, bytes)).dropped);
    expect(letters.list().map(({ id }) => Number(id))).toEqual(kept);
    expect(dropped).toHaveLength(times.length - kept.length);
  });

  it('keeps the newest even when it alone is larger than the limit', () => {
    const letters = new DeadLetters({ ...defaultLimits, deadLetterBytesMax: 5 });
    letters.add(letter(0, 1));
    const { added, dropped } = letters.add(letter(0, 10));
    expect([letters.list(), dropped.length]).toEqual([[added], 1]);
  });

  it('goes on with the ids after a restore, oldest first whatever the order of the store', () => {
    const letters = new DeadLetters(defaultLimits);
    letters.restore([
      { ...letter(2), id: '10' },
      { ...letter(1), id: '9' },
    ]);
    expect(letters.add(letter(3)).added.id).toBe('11');
    expect(letters.list().map(({ id }) => id)).toEqual(['9', '10', '11']);
  });

  it('gives out what is taken once', () => {
    const letters = new DeadLetters(defaultLimits);
    const { added } = letters.add(letter(0));
    expect(letters.take(added.id)).toBe(added);
    expect(() => letters.take(added.id)).toThrow('DEAD_LETTER_UNKNOWN');
    expect(letters.size).toBe(0);
  });
});
