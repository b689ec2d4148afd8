/** A promise of the engine or the store, broken on purpose: whatever guards the promise must notice. */
export interface Mutant {
  /** Short, kebab-case; unique. */
  readonly name: string;
  /** What is broken, as a sentence without an end. */
  readonly breaks: string;
  /** Which suite must catch it; see suites.ts. */
  readonly suite: SuiteName;
  /** Breaks the promise for everything that runs or is created from now on. Returns a function that undoes it. */
  readonly apply: () => Undo;
}

export type SuiteName =
  | 'simulation'
  | 'simulation of carts'
  | 'simulation of calls'
  | 'simulation of chatter'
  | 'simulation of floods'
  | 'disk'
  | 'checkpoints'
  | 'leases';

/** Makes everything whole again. */
export type Undo = () => void;

/**
 * Replaces a method of a class. The sources have no switches for this: a mutant is a patch of the classes that are running.
 *
 * `replacement` is given what it replaces and answers with what takes its place.
 */
export function replaceMethod<T extends object, K extends keyof T>(
  prototype: T,
  name: K,
  replacement: (original: T[K]) => T[K] & ThisType<T>,
): Undo {
  const original = prototype[name];
  Object.defineProperty(prototype, name, { value: replacement(original), configurable: true, writable: true });
  return () => Object.defineProperty(prototype, name, { value: original, configurable: true, writable: true });
}

/** Replaces a getter of a class. */
export function replaceGetter<T extends object>(prototype: T, name: keyof T, get: (this: T, original: () => unknown) => unknown): Undo {
  const descriptor = Object.getOwnPropertyDescriptor(prototype, name);
  const original: ((this: T) => unknown) | undefined = descriptor?.get;
  if (descriptor === undefined || original === undefined) throw new TypeError(`${String(name)} is no getter.`);
  Object.defineProperty(prototype, name, {
    ...descriptor,
    get(this: T) {
      return get.call(this, () => original.call(this));
    },
  });
  return () => Object.defineProperty(prototype, name, descriptor);
}

/** Undoes several, the last first. */
export function undoAll(...undos: readonly Undo[]): Undo {
  return () => {
    for (const undo of [...undos].reverse()) undo();
  };
}
