import { describe, expect, it } from '@jest/globals';
import { StateReader } from '../../../src/engine/commit/state-reader.ts';
import { Activation } from '../../../src/engine/partition/activation.ts';
import { FunctionRegistry, type RegisteredFunction } from '../../../src/functions/function-registry.ts';
import { MemoryStore } from '../../../src/storage/memory-store.ts';
import type { StoredValue } from '../../../src/storage/store.ts';
import { executor } from '../partition/pending.ts';

describe('StateReader', () => {
  it('waits for a store that returns a thenable of its own', async () => {
    const store = new MemoryStore();
    const entries: StoredValue[] = [{ key: 'v/total', value: Buffer.from('1') }];
    // A store outside the package may return any thenable.
    store.load = () =>
      ({ then: (resolve: (read: readonly StoredValue[]) => void) => void queueMicrotask(() => resolve(entries)) }) as never;
    const address = { type: 'test/f', id: 'a' };
    const read = await new Promise((resolve, reject) => {
      const reader = new StateReader({ store, functions: new FunctionRegistry(), loaded: (_, found) => resolve(found), failed: reject });
      const activation = new Activation(address, { kind: 'class' } as RegisteredFunction, executor(false));

      expect(reader.read(activation)).toBeUndefined();
    });

    expect(read).toBe(entries);
  });
});
