import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { printable, printableLine } from '../../../src/shared/text/printable.ts';

const anyText = fc.string({
  unit: fc.oneof(
    fc.string({ unit: 'binary', maxLength: 1 }),
    fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)),
  ),
});
/** What Unicode calls control characters, direction marks, separators and surrogates; line feed and tab are no harm. */
const harmful = /[^\P{Cc}\n\t]|\p{Zl}|\p{Zp}|\p{Bidi_Control}|\p{Cs}/u;

describe('printable', () => {
  it.each([
    ['plain text, José, 🛒 and 👩‍👩‍👧', 'plain text, José, 🛒 and 👩‍👩‍👧'],
    ['\u001b[31mred\u001b[0m', '\\u001b[31mred\\u001b[0m'],
    ['over\rwrite\b\b', 'over\\u000dwrite\\u0008\\u0008'],
    ['\u009b2J\u0007', '\\u009b2J\\u0007'],
    ['invoice\u202efdp.exe', 'invoice\\u202efdp.exe'],
    ['a\ud800b', 'a\\ud800b'],
    ['two\nlines\tand a tab', 'two\nlines\tand a tab'],
  ])('writes %j as %j', (text, expected) => expect(printable(text)).toBe(expected));

  it('leaves nothing that a terminal would act on, and means the same as JSON', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(printable(text)).not.toMatch(harmful);
        expect(JSON.parse(printable(JSON.stringify({ text })))).toEqual({ text });
        expect(printable(printable(text))).toBe(printable(text));
      }),
      { seed: 33, numRuns: 500 },
    );
  });
});

it('writes a value on one line', () => {
  expect(printableLine('a\nb\r\nc\td')).toBe('a\\nb\\u000d\\nc\\td');
});
