import { describe, expect, it } from '@jest/globals';
import { checkpointLife } from './checkpoint-life.ts';

describe('the life of an application with checkpoints', () => {
  it.each(Array.from({ length: 25 }, (_, seed) => seed + 1))(
    'goes on from one commit, whatever is lost, late or fails (CHECKPOINT-C1, CHECKPOINT-R1), seed %i',
    async (seed) => {
      expect(await checkpointLife(seed)).toBeUndefined();
    },
  );
});
