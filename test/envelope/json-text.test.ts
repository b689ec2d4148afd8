import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { keepsNumbers, memberText } from '../../src/envelope/json-text.ts';

const fixed = { seed: 11, numRuns: 300 };
const blanks = fc.string({ unit: fc.constantFrom(' ', '\t', '\n', '\r'), maxLength: 3 });
const number = fc
  .tuple(fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n }), fc.constantFrom('', '.50', 'e2', 'E-3', '.0000000001'))
  .map(([whole, rest]) => `${whole}${rest}`);
const leaf = fc.oneof(
  number,
  fc.string({ unit: 'binary' }).map((text) => JSON.stringify(text)),
  fc.constantFrom('true', 'false', 'null', '""', '{}', '[]', '"\\u007b\\""'),
);
/** Texts of JSON with blanks in every place that may have some. */
const { value } = fc.letrec<{ value: string; object: string; array: string }>((tie) => ({
  value: fc.oneof({ maxDepth: 3 }, leaf, tie('object'), tie('array')),
  array: fc
    .array(fc.tuple(blanks, tie('value'), blanks), { maxLength: 4 })
    .map((items) => `[${items.map((item) => item.join('')).join(',')}]`),
  object: fc
    .array(fc.tuple(blanks, fc.string({ unit: 'binary', maxLength: 5 }), blanks, tie('value'), blanks), { maxLength: 4 })
    .map((members) => `{${members.map(([a, key, b, item, c]) => `${a}${JSON.stringify(key)}${b}:${a}${item}${c}`).join(',')}}`),
}));

describe('memberText', () => {
  it('is the very text of the member, whatever stands around it', () => {
    fc.assert(
      fc.property(value, value, blanks, (data, other, blank) => {
        const json = `${blank}{${blank}"other"${blank}:${other}${blank},"data"${blank}:${blank}${data}${blank},${blank}"last":${other}}${blank}`;
        expect(memberText(json, 'data')).toBe(data);
        expect(memberText(json, 'last')).toBe(other);
        expect(memberText(json, 'none')).toBeUndefined();
      }),
      fixed,
    );
  });

  it.each([
    ['{}', undefined],
    [' { } ', undefined],
    ['{"data":1,"data":2}', '2'],
    ['{"d\\u0061ta":3}', '3'],
    ['{"date":1,"dat":2,"dataa":3}', undefined],
    ['{"x":{"data":1},"data":[{"data":2}]}', '[{"data":2}]'],
    ['{"x":"\\"data\\":1,","data":-0.50E+2}', '-0.50E+2'],
  ])('of %s is %s', (json, text) => expect(memberText(json, 'data')).toBe(text));
});

describe('keepsNumbers', () => {
  it('says whether whole numbers are the same when they are written again', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), (whole) => {
        const text = String(whole);
        expect(keepsNumbers(`{"n":[${text}]}`)).toBe(JSON.stringify(JSON.parse(text)) === text);
      }),
      { ...fixed, numRuns: 2_000 },
    );
  });

  it.each([
    ['{"n":9007199254740993}', false],
    ['{"n":1524831183200260097}', false],
    ['[0.12345678901234567890]', false],
    ['[1e400]', false],
    ['[12345678901234567890e-5]', false],
    ['{"n":9007199254740992}', true],
    ['[1524831183200260096]', false],
    ['[1524831183200260000]', true],
    ['[1.0,1.50,-0,1e3,100000000000000000000000,1.0000000000000000000000]', true],
    ['{"1524831183200260097":"1524831183200260097 \\" 1524831183200260097"}', true],
    ['"text"', true],
  ])('of %s is %s', (json, keeps) => expect(keepsNumbers(json)).toBe(keeps));
});
