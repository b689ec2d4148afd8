import { describe, StatefunError } from './errors.ts';
import { readMetadata, type ClassOf } from './metadata.ts';

/** A function, named by its class or by its type. Naming the type needs no import of the class. */
export type FunctionTarget = string | ClassOf;

/** Metadata key under which the decorator of a function class records its options, including `type`. */
export const functionMetadataKey = 'statefun:function';

/** Returns the function type of a target. Throws UNKNOWN_FUNCTION for a value that is neither a type nor a decorated class. */
export function functionTypeOf(target: FunctionTarget): string {
  if (typeof target === 'string') return target;
  if (typeof target !== 'function') {
    throw new StatefunError('UNKNOWN_FUNCTION', `${describe(target)} is not a function type.`, {
      hint: 'Pass a class with @StatefunFunction, or its type. A class can be undefined when its file and this one import each other.',
    });
  }
  const recorded = readMetadata<{ readonly type: string }>(target, functionMetadataKey);
  if (recorded !== undefined) return recorded.type;
  throw new StatefunError('UNKNOWN_FUNCTION', `class ${target.name} is not a function.`, {
    hint: 'Decorate the class with @StatefunFunction(type).',
    facts: { className: target.name },
  });
}

/** Returns the error for a function type that nothing handles. `from` names the sender; leave it out where the caller adds it to the text. */
export function unknownFunction(type: string, registered: readonly string[], from?: string): StatefunError {
  const sender = from === undefined ? '' : ` (${from})`;
  const summary = `nothing handles function type "${type}"${sender}. Registered types: ${registered.join(', ') || 'none'}.`;
  return new StatefunError('UNKNOWN_FUNCTION', summary, { facts: { type, registered } });
}
