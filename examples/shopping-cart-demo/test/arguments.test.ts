import { describe, expect, it } from '@jest/globals';
import { parseDemoArguments } from '../src/arguments.ts';

describe('parseDemoArguments', () => {
  it.each([
    { parameters: [], expected: { help: false, keep: false } },
    { parameters: ['--keep'], expected: { help: false, keep: true } },
    { parameters: ['-h'], expected: { help: true, keep: false } },
  ])('reads $parameters', ({ parameters, expected }) => {
    expect({ ...parseDemoArguments(parameters) }).toEqual(expected);
  });

  it('refuses what it does not know', () => {
    expect(() => parseDemoArguments(['--kepe'])).toThrow("Unknown option '--kepe'");
  });
});
