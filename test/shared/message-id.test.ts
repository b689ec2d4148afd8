import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { messageIdAt, messageIdBase, messageIdOf } from '../../src/shared/message-id.ts';

describe('messageIdOf', () => {
  it('is 96 bits of a SHA-256 over origin and sender, each preceded by its length, and the ordinal', () => {
    const base = createHash('sha256').update('6:origin11:a/sender/id').digest('hex').slice(0, 24);
    expect(messageIdOf('origin', 'a/sender/id', 3)).toBe(`${base}00000003`);
    expect(messageIdBase('origin', 'a/sender/id')).toBe(base);
  });

  it('keeps all 32 bits of the ordinal', () => {
    const ordinals = [0, 1, 255, 256, 65_536, 999_999, 2 ** 32 - 1];
    expect(ordinals.map((ordinal) => messageIdAt('', ordinal))).toEqual([
      '00000000',
      '00000001',
      '000000ff',
      '00000100',
      '00010000',
      '000f423f',
      'ffffffff',
    ]);
  });

  it('differs wherever a part differs, also when the parts run together', () => {
    const ids = [
      messageIdOf('ab', 'c', 1),
      messageIdOf('a', 'bc', 1),
      messageIdOf('ab', 'c', 11),
      messageIdOf('ab', 'c1', 1),
      messageIdOf('', 'abc', 1),
      messageIdOf('abc', '', 1),
    ];
    expect(new Set(ids).size).toBe(ids.length);
  });
});
