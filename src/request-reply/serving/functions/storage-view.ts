import type { AddressStorage } from './address-storage.ts';

/**
 * The storage as an object with a property for every state. A proxy, because nothing else sees `delete` and misspelt names: with plain
 * accessors the first does nothing and the second makes a property that is lost.
 */
export function storageView(storage: AddressStorage, ensureOpen: () => void): object {
  return new Proxy(Object.create(null) as object, {
    get(_target, property) {
      // Reading what is not declared gives undefined, as in any object: `await` and test runners ask for this and that. TypeScript refuses it.
      if (typeof property === 'symbol' || !storage.properties.has(property)) return undefined;
      ensureOpen();
      return storage.get(property);
    },
    set(_target, property, value) {
      ensureOpen();
      storage.set(String(property), value);
      return true;
    },
    deleteProperty(_target, property) {
      ensureOpen();
      storage.set(String(property), undefined);
      return true;
    },
    has: (_target, property) => typeof property === 'string' && storage.has(property),
    ownKeys: () => [...storage.properties].filter((property) => storage.has(property)),
    getOwnPropertyDescriptor(_target, property) {
      if (typeof property === 'symbol' || !storage.has(property)) return undefined;
      return { enumerable: true, configurable: true, writable: true, value: storage.get(property) };
    },
    defineProperty: () => false,
  });
}
