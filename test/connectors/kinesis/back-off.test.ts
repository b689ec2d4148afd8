import { describe, expect, it } from '@jest/globals';
import { backOffMs } from '../../../src/connectors/kinesis/back-off.ts';
import { isRetriable } from '../../../src/connectors/kinesis/kinesis-failure.ts';
import { kinesisError, networkError } from './fake-kinesis.ts';

describe('backOffMs', () => {
  it('doubles its bound from half a second to ten seconds', () => {
    expect([0, 1, 2, 3, 4, 5, 50, 5_000].map((attempt) => backOffMs(attempt, () => 1))).toEqual([
      500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000, 10_000,
    ]);
  });

  it('spreads over everything below the bound', () => {
    expect(backOffMs(3, () => 0)).toBe(0);
    expect(backOffMs(3, () => 0.25)).toBe(1_000);
  });
});

describe('isRetriable', () => {
  it.each([kinesisError('ThrottlingException'), kinesisError('Unheard', 502), kinesisError('Unheard', 429), networkError('EAI_AGAIN')])(
    'is true for %s',
    (error) => {
      expect(isRetriable(error)).toBe(true);
    },
  );

  it.each([kinesisError('AccessDeniedException'), networkError('ERR_INVALID_ARG_TYPE'), new TypeError('a bug'), undefined, 'text'])(
    'is false for %s',
    (error) => {
      expect(isRetriable(error)).toBe(false);
    },
  );
});
