import { describe, expect, it } from '@jest/globals';
import { minimize } from '../../../src/simulation/report/minimize.ts';

const upTo = (length: number): readonly number[] => Array.from({ length }, (_, index) => index);

describe('minimize', () => {
  it.each([[[]], [[0]], [[63]], [[3, 40]], [[10, 11, 12]], [[0, 31, 32, 63]]])('leaves exactly what is needed: %j', async (needed) => {
    const left = await minimize(upTo(64), async (items) => needed.every((item) => items.includes(item)));

    expect(left).toEqual(needed);
  });

  it('leaves everything where everything is needed', async () => {
    expect(await minimize(upTo(7), async (items) => items.length === 7)).toEqual(upTo(7));
  });

  it('tries few of many', async () => {
    let tries = 0;
    await minimize(upTo(1_024), async (items) => {
      tries += 1;
      return items.includes(700);
    });

    expect(tries).toBeLessThan(40);
  });
});
