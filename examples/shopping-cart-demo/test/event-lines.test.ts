import { describe, expect, it } from '@jest/globals';
import { isDirective, readEventLines } from '../src/event-lines.ts';

describe('the events of the demo', () => {
  it('are those of the fixture: two directives and three events', async () => {
    const lines = await readEventLines();

    expect(lines.map((line) => ({ number: line.number, type: line.event.type, isDirective: isDirective(line) }))).toEqual([
      { number: 1, type: 'test.comment', isDirective: true },
      { number: 2, type: 'test.delay-between-events', isDirective: true },
      { number: 3, type: 'example.product', isDirective: false },
      { number: 4, type: 'example.cart-product', isDirective: false },
      { number: 5, type: 'example.product', isDirective: false },
    ]);
  });
});
