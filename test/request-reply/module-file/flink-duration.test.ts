import { describe, expect, it } from '@jest/globals';
import { parseFlinkDuration } from '../../../src/request-reply/module-file/flink-duration.ts';

describe("a duration in Flink's notation", () => {
  it.each<[unknown, number | undefined]>([
    ['2m', 120_000],
    ['1 min', 60_000],
    ['10 sec', 10_000],
    ['500ms', 500],
    ['15min', 900_000],
    ['1 D', 86_400_000],
    [' 7 ', 7],
    [250, 250],
    ['2 fortnights', undefined],
    ['-1s', undefined],
    ['1.5s', undefined],
    ['', undefined],
    [null, undefined],
  ])('%j is %s ms', (text, expected) => {
    expect(parseFlinkDuration(text)).toBe(expected);
  });
});
