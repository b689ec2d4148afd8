import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isUri, isUriReference } from '../../src/envelope/uri.ts';
import { isValidForPackage } from './package-verdict.ts';

const good = { specversion: '1.0', id: '1', source: '/shop', type: 'shop.sold' };

describe('isUri and isUriReference', () => {
  it('say what the cloudevents package says about texts made of the pieces of URIs', () => {
    const letters = ['http', 'a', 'Z9', ':', '/', '//', '?', '#', '@', '%4', '%4f', '"', ' ', '+', '-', '.', 'ä'];
    const hosts = ['[', ']', '::', '::1', '1:2:3:4:5:6:7:8', 'ffff', '1.2.3.4', '256', 'v1.'];
    const text = fc.array(fc.constantFrom(...letters, ...hosts), { minLength: 1, maxLength: 9 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, (value) => {
        expect(isUriReference(value)).toBe(isValidForPackage({ ...good, source: value }));
        expect(isUri(value)).toBe(isValidForPackage({ ...good, dataschema: value }));
      }),
      { seed: 20_261, numRuns: 3000 },
    );
  });

  it('say what the package says about IPv6 hosts', () => {
    const group = fc.constantFrom('0', 'ffff', 'A1', '12345', 'g');
    const groups = fc.array(fc.oneof({ weight: 9, arbitrary: fc.constantFrom('0', 'ffff', 'A1') }, group), { maxLength: 9 });
    const tail = fc.constantFrom('', '1.2.3.4', '256.0.0.1', '255.249.1.0', '::');
    const host = fc
      .tuple(groups, fc.constantFrom('::', ':'), groups, fc.constantFrom(':', ''), tail)
      .map(([before, gap, after, separator, end]) => `http://[${before.join(':')}${gap}${after.join(':')}${separator}${end}]/`);
    let valid = 0;
    fc.assert(
      fc.property(host, (value) => {
        const expected = isValidForPackage({ ...good, dataschema: value });
        if (expected) valid++;
        expect(isUri(value)).toBe(expected);
      }),
      { seed: 20_269, numRuns: 3000 },
    );
    expect(valid).toBeGreaterThan(200);
  });

  it('say what the package says about paths, with and without a host', () => {
    const pieces = ['http://', 'https://', 'HTTP://', '/', '/shop', '/Ada-1', '.a', '~b', '_', 'a.example', '-', '%', ':8', '"'];
    let valid = 0;
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 6 }), (parts) => {
        const value = parts.join('');
        const expected = isValidForPackage({ ...good, source: value });
        if (expected) valid++;
        expect([value, isUriReference(value)]).toEqual([value, expected]);
      }),
      { seed: 20_277, numRuns: 3000 },
    );
    expect(valid).toBeGreaterThan(1_000);
  });

  it('say what the package says about ports', () => {
    for (const value of ['http://a:', 'http://a:80', 'http://a:80:', 'http://a:8x', 'http://[::1]:', 'http://u:p@a:1/']) {
      expect([value, isUri(value)]).toEqual([value, isValidForPackage({ ...good, dataschema: value })]);
    }
  });
});
