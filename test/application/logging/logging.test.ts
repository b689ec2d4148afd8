import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { levelOf } from '../../../src/application/logging/logging-levels.ts';
import { createLogger, type LoggingOptions } from '../../../src/application/logging/logging.ts';
import type { Logger } from '../../../src/shared/logger.ts';
import { StatefunError } from '../../../src/shared/errors.ts';

function collect(options: LoggingOptions): { logger: Logger; lines: string[] } {
  const lines: string[] = [];
  return { lines, logger: createLogger({ ...options, write: (line) => void lines.push(line) }) };
}

const failure = new StatefunError('UNKNOWN_FUNCTION', 'nothing handles it.', { hint: 'Add it.', cause: new Error('deep') });

describe('logging as JSON', () => {
  it('writes one object a line with level, time, text and fields', () => {
    const { logger, lines } = collect({ format: 'json', level: 'info' });

    logger.child({ id: 'c1' }).warn('late', { lateMs: 5 });

    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? '')).toEqual({
      level: 'warn',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      id: 'c1',
      lateMs: 5,
      text: 'late',
    });
    expect(lines[0]?.endsWith('\n')).toBe(true);
  });

  it('writes errors with code, hint, stack and cause', () => {
    const { logger, lines } = collect({ format: 'json', level: 'info' });

    logger.error('failed', { error: failure });

    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      error: {
        code: 'UNKNOWN_FUNCTION',
        message: 'nothing handles it.',
        hint: 'Add it.',
        stack: expect.any(String),
        cause: { message: 'deep' },
      },
    });
  });

  it('writes what was thrown even where it is no error', () => {
    const { logger, lines } = collect({ format: 'json', level: 'info' });

    logger.error('failed', { error: 'plain text' });

    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ error: { message: 'plain text' } });
  });

  it('survives an error that is its own cause', () => {
    const { logger, lines } = collect({ format: 'json', level: 'info' });
    const error = new Error('round');
    error.cause = error;

    logger.error('failed', { error });

    expect(lines).toHaveLength(1);
  });

  it('drops lines below its level, and all of them when silent', () => {
    const { logger, lines } = collect({ format: 'json', level: 'warn' });
    const silent = collect({ format: 'json', level: 'silent' });

    logger.debug('a');
    logger.info('b');
    logger.warn('c');
    silent.logger.error('d');

    expect(lines.map((line) => (JSON.parse(line) as { text: string }).text)).toEqual(['c']);
    expect(silent.lines).toEqual([]);
  });
});

describe('logging as text', () => {
  it('writes time, level, text and fields in one line', () => {
    const { logger, lines } = collect({ format: 'text', level: 'info' });

    logger.info('started', { name: 'cart', count: 2, list: ['a'] });

    expect(lines).toEqual([expect.stringMatching(/^\d\d:\d\d:\d\d\.\d{3} INFO {2}started name=cart count=2 list=\["a"\]\n$/)]);
  });

  it('quotes a value in which something could be taken for another field', () => {
    const { logger, lines } = collect({ format: 'text', level: 'info' });

    logger.info('came', { address: 'shop/cart/Ada Lovelace', note: 'x" y=1', empty: '', plain: 'a/b:c' });

    expect(lines[0]).toContain(' came address="shop/cart/Ada Lovelace" note="x\\" y=1" empty="" plain=a/b:c\n');
  });

  it.each(['text', 'json'] as const)('lets nothing in a line move the cursor or look like another line (%s)', (format) => {
    const { logger, lines } = collect({ format, level: 'debug' });
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (text, value) => {
        lines.length = 0;
        logger.error(text, { value, error: new StatefunError('UNKNOWN_FUNCTION', value, { cause: new Error(text) }) });
        const [line = ''] = lines;
        expect(line).not.toMatch(/[^\P{Cc}\n\t]|\p{Zl}|\p{Zp}|\p{Bidi_Control}/u);
        const below = line.trimEnd().split('\n').slice(1);
        expect(below.filter((rest) => !rest.startsWith('  '))).toEqual([]);
      }),
      { seed: 33, numRuns: 200, examples: [['\u001b[2J\n00:00:00.000 INFO  forged', '\r\nforged \u202e\u009b']] },
    );
  });

  it('writes code, hint and cause of an error below the line, the stack only when debugging', () => {
    const { logger, lines } = collect({ format: 'text', level: 'info' });
    const debugging = collect({ format: 'text', level: 'debug' });

    logger.error('failed', { error: failure });
    debugging.logger.error('failed', { error: failure });

    expect(lines[0]?.split('\n').slice(1)).toEqual([
      '  UNKNOWN_FUNCTION: nothing handles it.',
      '  Hint: Add it.',
      '  Cause:',
      '  deep',
      '',
    ]);
    expect(debugging.lines[0]).toContain('logging.test.ts');
  });
});

it.each([
  ['debug', 'debug'],
  ['WARN', 'warn'],
  ['verbose', 'info'],
  ['', 'info'],
  [undefined, 'info'],
])('takes LOG_LEVEL=%s as %s', (text, level) => {
  expect(levelOf(text)).toBe(level);
});
