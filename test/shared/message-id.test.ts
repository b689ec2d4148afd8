import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { messageIdOf } from '../../src/shared/message-id.ts';

describe('messageIdOf', () => {
  it('is the first half of a SHA-256 over the parts, each preceded by its length', () => {
    const text = '6:origin11:a/sender/id3';
    expect(messageIdOf('origin', 'a/sender/id', 3)).toBe(createHash('sha256').update(text).digest('hex').slice(0, 32));
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
