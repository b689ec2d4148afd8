/**
 * Takes the place of a dependency when a class is only looked at and nothing may be made: anything can be read from it, called and
 * constructed, and gives another one.
 */
export function createStandIn(): unknown {
  const standIn: unknown = new Proxy(function standIn() {}, {
    get: (target, key): unknown => {
      if (key === Symbol.toPrimitive) return () => '';
      // Neither a promise nor endless when iterated.
      if (key === 'then') return undefined;
      if (key === Symbol.iterator) return () => [][Symbol.iterator]();
      // A proxy may not answer otherwise for a property that its target cannot change.
      const own = Reflect.getOwnPropertyDescriptor(target, key);
      return own?.configurable === false ? own.value : standIn;
    },
    set: () => true,
    apply: () => standIn,
    // Only objects may come out of `new`; it is one.
    construct: () => standIn as object,
  });
  return standIn;
}
