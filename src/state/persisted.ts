import { appendMetadata, ensureLegacyDecorators, readMetadata } from '../shared/metadata.ts';

const metadataKey = 'statefun:persisted';

/**
 * Makes a field durable: a property that holds a PersistedValue, PersistedTable or PersistedList. The decorator only records the name of the
 * property. The cell is bound to its address after the constructor has run.
 */
export function Persisted(): (target: object, property: string) => void {
  return (target, property) => {
    ensureLegacyDecorators('Persisted', property);
    // For a static field, the target is the class itself. It is recorded too, so that the start reports a cell that no instance has.
    appendMetadata(typeof target === 'function' ? target : target.constructor, metadataKey, property);
  };
}

/** Returns the decorated properties of a class and its bases, those of bases first, each once. */
export function persistedProperties(of: object): readonly string[] {
  return [...new Set(readMetadata<readonly string[]>(of, metadataKey) ?? [])];
}
