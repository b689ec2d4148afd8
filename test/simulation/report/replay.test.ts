import { describe, expect, it } from '@jest/globals';
import { noChoices } from '../../../src/simulation/schedule/choices.ts';
import { formatReplay, parseReplay } from '../../../src/simulation/report/replay.ts';

describe('the line of a run', () => {
  it('holds the seed, the events that take part, the limits and every choice that is not calm', () => {
    const choices = { ...noChoices(), fault: [0, 0, 1, 0], next: [3, 0, 0, 12] };

    expect(formatReplay({ seed: 42, events: [0, 3], usualLimits: true, choices })).toBe('v1/42/0,3/usual/fault@2=1.next@0=3.next@3=12');
    expect(formatReplay({ seed: 7, events: undefined, usualLimits: false, choices: noChoices() })).toBe('v1/7/all/tiny/');
    expect(formatReplay({ seed: 7, events: [], usualLimits: false, choices: noChoices() })).toBe('v1/7//tiny/');
  });

  it('is read as it was written', () => {
    expect(parseReplay(' v1/42/0,3/usual/fault@2=1.next@0=3 ')).toEqual({
      seed: 42,
      events: [0, 3],
      usualLimits: true,
      choices: { ...noChoices(), fault: [0, 0, 1], next: [3] },
    });
    expect(parseReplay('v1/7/all/tiny/')).toEqual({ seed: 7, events: undefined, usualLimits: false, choices: noChoices() });
    expect(parseReplay('v1/7//tiny/').events).toEqual([]);
  });

  it.each([
    '',
    'v1',
    'v2/7/all/tiny/',
    'v1/x/all/tiny/',
    'v1/7/0,x/tiny/',
    'v1/7/all/none/',
    'v1/7/all/tiny/luck@1=1',
    'v1/7/all/tiny/next@1',
    'v1/7/all/tiny//',
  ])('is refused when it is %j', (line) => {
    expect(() => parseReplay(line)).toThrow('SIMULATION_REPLAY_INVALID');
  });
});
