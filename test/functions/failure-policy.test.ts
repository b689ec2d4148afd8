import { describe, expect, it } from '@jest/globals';
import { retryDelayMs, toFailurePolicy } from '../../src/functions/failure-policy.ts';

describe('toFailurePolicy', () => {
  it('fills in the defaults', () => {
    expect(toFailurePolicy({})).toEqual({
      attemptsMax: 5,
      retryDelayMs: 100,
      retryDelayMsMax: 10_000,
      onFailure: 'dead-letter',
      handlerTimeoutMs: 30_000,
    });
  });

  it.each([
    ['a policy that is none, which would drop messages', { onFailure: 'park' as never }, 'FUNCTION_OPTION_INVALID'],
    ['attempts that are no number', { retry: { attemptsMax: Number.NaN } }, 'FUNCTION_OPTION_INVALID'],
    ['no attempts', { retry: { attemptsMax: 0 } }, 'FUNCTION_OPTION_INVALID'],
    ['a time that cannot be read', { handlerTimeout: 'soon' }, 'INVALID_DURATION'],
    ['a negative delay', { retry: { delay: -1 } }, 'INVALID_DURATION'],
  ])('refuses %s', (_name, options, code) => {
    expect(() => toFailurePolicy(options)).toThrow(code);
  });
});

describe('retryDelayMs', () => {
  it('doubles up to the maximum', () => {
    const policy = toFailurePolicy({ retry: { delay: 100, delayMax: 350 } });
    expect([1, 2, 3, 4].map((failed) => retryDelayMs(policy, failed))).toEqual([100, 200, 350, 350]);
  });

  it('stays a number after any number of attempts', () => {
    for (const delay of [0, 1]) {
      const policy = toFailurePolicy({ retry: { delay, delayMax: 50, attemptsMax: Number.POSITIVE_INFINITY } });
      expect(retryDelayMs(policy, 5_000)).toBe(delay * 50);
    }
  });
});
