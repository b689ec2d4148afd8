import { describe, expect, it } from '@jest/globals';
import { closePart } from '../../src/engine/close-part.ts';
import { hasCode } from '../../src/shared/errors.ts';
import { silentLogger, type LogFields } from '../../src/shared/logger.ts';

describe('closePart', () => {
  it.each([
    ['never ends', () => new Promise<void>(() => undefined), 'takes too long'],
    ['rejects', () => Promise.reject(new Error('no')), 'failed'],
    [
      'throws',
      () => {
        throw new Error('no');
      },
      'failed',
    ],
  ])('goes on, with a warning, when a part %s', async (_name, close, warning) => {
    const { logger, warnings } = recordingLogger();
    await closePart('egress test/out', logger, close, 1);
    expect(warnings.map(({ text }) => text)).toEqual([expect.stringContaining(warning)]);
    if (warning === 'takes too long') expect(hasCode(warnings[0]?.fields?.['error'], 'STOP_DEADLINE_PASSED')).toBe(true);
  });

  it('says nothing when the part closes', async () => {
    const { logger, warnings } = recordingLogger();
    await closePart('store', logger, () => Promise.resolve());
    expect(warnings).toEqual([]);
  });
});

function recordingLogger() {
  const warnings: { text: string; fields: LogFields | undefined }[] = [];
  return { logger: { ...silentLogger, warn: (text: string, fields?: LogFields) => void warnings.push({ text, fields }) }, warnings };
}
