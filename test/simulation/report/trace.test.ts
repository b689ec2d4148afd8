import { describe, expect, it } from '@jest/globals';
import { Trace } from '../../../src/simulation/report/trace.ts';

const nothing = (): void => undefined;

describe('Trace', () => {
  it('writes a step with what happened in it below', () => {
    const trace = new Trace(true);

    trace.step(
      () => trace.detail(() => 'a handler runs'),
      () => 'the engine takes a turn',
    );
    trace.step(nothing, () => 'the clock moves');

    expect(trace.lines).toEqual(['   1. the engine takes a turn', '      a handler runs', '   2. the clock moves']);
  });

  it('leaves out turns in which nothing happens', () => {
    const trace = new Trace(true);

    trace.stepOfDetails(nothing, () => 'the engine takes a turn');

    expect(trace.lines).toEqual([]);
  });

  it('makes one line of a commit that is acknowledged at once, and only of that', () => {
    const trace = new Trace(true);
    const written = (number: number): void => trace.step(nothing, () => `commit ${number} is durable, the engine does not know yet`);
    const acknowledged = (number: number): void => trace.step(nothing, () => `commit ${number} is acknowledged`);

    written(1);
    acknowledged(1);
    written(2);
    trace.step(nothing, () => 'the clock moves');
    acknowledged(2);

    expect(trace.lines).toEqual([
      '   1. commit 1 is durable and acknowledged',
      '   2. commit 2 is durable, the engine does not know yet',
      '   3. the clock moves',
      '   4. commit 2 is acknowledged',
    ]);
  });

  it('asks for no text when nobody reads it', () => {
    const trace = new Trace(false);
    const unasked = (): string => {
      throw new Error('asked');
    };

    trace.step(() => trace.detail(unasked), unasked);

    expect(trace.lines).toEqual([]);
  });
});
