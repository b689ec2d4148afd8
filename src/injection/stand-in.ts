/**
 * Returns a substitute for a dependency when a class is only inspected and nothing may be created. Every property, call and construction returns
 * another substitute.
 */
export function createStandIn(): unknown {
  const standIn: unknown = new Proxy(function standIn() {}, {
    get: (target, key): unknown => {
      if (key === Symbol.toPrimitive) return () => '';
      // It is not a promise, and not iterable without end.
      if (key === 'then') return undefined;
      if (key === Symbol.iterator) return () => [][Symbol.iterator]();
      // A proxy must return the real value of a property that its target cannot change.
      const own = Reflect.getOwnPropertyDescriptor(target, key);
      return own?.configurable === false ? own.value : standIn;
    },
    set: () => true,
    apply: () => standIn,
    // Safe: the substitute is an object, as `new` requires.
    construct: () => standIn as object,
  });
  return standIn;
}
