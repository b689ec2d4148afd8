import type { ClassOf } from '../shared/metadata.ts';

/** A provided value of which every class that injects it gets a variant of its own, such as a logger named after the class. */
export abstract class MadeForAsker {
  /** Returns the variant for a class; undefined stands for a factory. */
  abstract for(asker: ClassOf | undefined): unknown;
}

/** Returns the dependencies of a class or factory, with each value that is made for its asker replaced by the asker's variant. */
export function variantsFor(asker: ClassOf | undefined, values: readonly unknown[]): readonly unknown[] {
  if (!values.some((value) => value instanceof MadeForAsker)) return values;
  return values.map((value) => (value instanceof MadeForAsker ? value.for(asker) : value));
}
