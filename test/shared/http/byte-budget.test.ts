import { describe, expect, it } from '@jest/globals';
import { ByteBudget } from '../../../src/shared/http/byte-budget.ts';

/** Leases by name, and the names of those that had to make room. */
function budget(bytesMax: number) {
  const evicted: string[] = [];
  const bytes = new ByteBudget(bytesMax);
  return { bytes, evicted, lease: (name: string) => bytes.lease(() => void evicted.push(name)) };
}

describe('ByteBudget', () => {
  it('gives room until it is used up, and takes it back', () => {
    const { bytes, lease, evicted } = budget(10);
    const one = lease('one');
    expect([one.take(6), one.take(4), one.take(1), bytes.bytesUsed]).toEqual([true, true, false, 10]);
    one.release();
    one.release();
    expect([bytes.bytesUsed, evicted]).toEqual([0, []]);
  });

  it('lets the bodies that have been incomplete for longest make room, and no others', () => {
    const { bytes, lease, evicted } = budget(10);
    const [complete, slow, slower, swift] = [lease('complete'), lease('slow'), lease('slower'), lease('swift')];
    complete.take(4);
    complete.complete();
    slow.take(3);
    slower.take(3);
    expect(swift.take(5)).toBe(true);
    expect([evicted, bytes.bytesUsed]).toEqual([['slow', 'slower'], 9]);
    // What is complete stays, and nobody evicts himself.
    expect([swift.take(2), evicted.length]).toEqual([false, 2]);
  });

  it('counts what is there already, and lets others wait for it', () => {
    const { bytes, lease } = budget(10);
    const answering = lease('answering');
    answering.complete();
    answering.hold(30);
    const next = lease('next');
    expect([bytes.bytesUsed, next.take(1)]).toEqual([30, false]);
    answering.release();
    expect(next.take(1)).toBe(true);
  });
});
