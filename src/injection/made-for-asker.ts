import type { ClassOf } from '../shared/metadata.ts';

/** A provided value with a separate variant for every class that injects it, such as a logger named after the class. */
export abstract class MadeForAsker {
  /** Returns the variant for a class, or for a factory when undefined. */
  abstract for(asker: ClassOf | undefined): unknown;
}

/** Returns the dependencies of a class or factory, with each {@link MadeForAsker} replaced by its variant. */
export function variantsFor(asker: ClassOf | undefined, values: readonly unknown[]): readonly unknown[] {
  if (!values.some((value) => value instanceof MadeForAsker)) return values;
  return values.map((value) => (value instanceof MadeForAsker ? value.for(asker) : value));
}
