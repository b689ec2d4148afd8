import { describe, expect, it } from '@jest/globals';
import { defaultLimits } from '../../../src/engine/partition/limits.ts';
import { LiveAddresses } from '../../../src/engine/partition/live-addresses.ts';
import type { RegisteredFunction } from '../../../src/functions/function-registry.ts';
import { executor } from './pending.ts';

/** Addresses of `test/f`; no other type is known, and one address may stay in memory. */
function setUp(): LiveAddresses {
  const find = (type: string): RegisteredFunction | undefined => {
    return type === 'test/f' ? ({ kind: 'class' } as RegisteredFunction) : undefined; // nothing else of it is used
  };
  return new LiveAddresses({ find, executorOf: () => executor(false) }, { ...defaultLimits, liveAddressesMax: 1 });
}

describe('LiveAddresses', () => {
  it('are found through their location until they are evicted, and then not held by it', () => {
    const addresses = setUp();
    const located = addresses.locate({ type: 'test/f', id: 'a' });
    expect([located.live, addresses.locate(located.address)]).toEqual([true, located]);

    addresses.ensure({ type: 'test/f', id: 'b' });
    // The first sweep passes over addresses that were used since the one before.
    addresses.sweep();
    addresses.sweep();
    expect([addresses.size, addresses.find(located.address), located.live]).toEqual([1, undefined, false]);
    expect(located).toMatchObject({ address: { type: 'test/f', id: 'a' }, activation: undefined });

    expect(addresses.locate(located.address).live).toBe(true);
  });

  it('have no location for a type that nothing handles', () => {
    const nobody = { type: 'no/body', id: 'a' };
    expect(setUp().locate(nobody)).toEqual({ address: nobody, live: false });
  });
});
