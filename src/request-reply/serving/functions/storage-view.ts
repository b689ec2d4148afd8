import type { AddressStorage } from './address-storage.ts';

/**
 * Returns the storage as an object with a property for each state. It is a proxy, because plain accessors miss `delete` and misspelt names: the
 * first would do nothing, the second would create a property that is lost.
 */
export function storageView(storage: AddressStorage, ensureOpen: () => void): object {
  return new Proxy(Object.create(null) as object, {
    get(_target, property) {
      // An undeclared property reads as undefined, as in any object: `await` and test runners read some. TypeScript refuses them.
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
