import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isDateTime } from '../../src/envelope/date-time.ts';
import { isValidForPackage } from './package-verdict.ts';

const good = { specversion: '1.0', id: '1', source: '/shop', type: 'shop.sold' };

describe('isDateTime', () => {
  it('says what the cloudevents package says about texts near a date-time', () => {
    const year = fc.integer({ min: 0, max: 9999 }).map((value) => String(value).padStart(4, '0'));
    const pair = fc.constantFrom('00', '01', '02', '04', '12', '13', '23', '24', '28', '29', '30', '31', '59', '60');
    const text = fc
      .record({
        year,
        month: pair,
        day: pair,
        hour: pair,
        minute: pair,
        second: pair,
        rest: fc.constantFrom('Z', '', '.1Z', '.Z', '+01:00', '-0130', '+01', 'z '),
      })
      .map(({ month, day, hour, minute, second, rest, ...date }) => `${date.year}-${month}-${day}T${hour}:${minute}:${second}${rest}`);
    fc.assert(
      fc.property(text, fc.constantFrom('T', 't', ' ', 'x', '\n'), (value, separator) => {
        const time = value.replace('T', separator);
        expect(isDateTime(time)).toBe(isValidForPackage({ ...good, time }));
      }),
      { seed: 20_262, numRuns: 3000 },
    );
  });

  it('knows how many days each month has', () => {
    for (const year of [1900, 2000, 2023, 2024]) {
      for (let month = 1; month <= 12; month++) {
        // Day 0 of the next month is the last one of this.
        const days = new Date(Date.UTC(year, month, 0)).getUTCDate();
        const text = (day: number): string => `${year}-${String(month).padStart(2, '0')}-${day}T00:00:00Z`;
        expect([isDateTime(text(days)), isDateTime(text(days + 1))]).toEqual([true, false]);
      }
    }
  });
});
