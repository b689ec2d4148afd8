import { appendMetadata, ensureLegacyDecorators, readMetadata } from '../shared/metadata.ts';

const metadataKey = 'statefun:persisted';

/**
 * Makes a field durable: a property that holds a PersistedValue, PersistedTable or PersistedList. It only records the name of the
 * property; the cells are bound to their address after the constructor has run.
 */
export function Persisted(): (target: object, property: string) => void {
  return (target, property) => {
    ensureLegacyDecorators('Persisted', property);
    // Of a static field the target is the class itself. It is recorded too, so that the start can say that no instance has it.
    appendMetadata(typeof target === 'function' ? target : target.constructor, metadataKey, property);
  };
}

/** The properties marked in a class and its bases, bases first, each once. */
export function persistedProperties(of: object): readonly string[] {
  return [...new Set(readMetadata<readonly string[]>(of, metadataKey) ?? [])];
}
