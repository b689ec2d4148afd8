import { describe, StatefunError } from './errors.ts';
import { readMetadata, type ClassOf } from './metadata.ts';

/** A function, named by its class or by its type. Naming the type needs no import of the class. */
export type FunctionTarget = string | ClassOf;

/** Under this key a function class holds what its decorator recorded, `type` among it. */
export const functionMetadataKey = 'statefun:function';

/** The function type a target stands for. Throws UNKNOWN_FUNCTION for what is neither a type nor a decorated class. */
export function functionTypeOf(target: FunctionTarget): string {
  if (typeof target === 'string') return target;
  if (typeof target !== 'function') {
    throw new StatefunError('UNKNOWN_FUNCTION', `${describe(target)} is not a function type.`, {
      hint: 'Give a class with @StatefunFunction, or its type; of files that import each other a class can be undefined when it is first used.',
    });
  }
  const recorded = readMetadata<{ readonly type: string }>(target, functionMetadataKey);
  if (recorded !== undefined) return recorded.type;
  throw new StatefunError('UNKNOWN_FUNCTION', `class ${target.name} is not a function.`, {
    hint: 'Decorate the class with @StatefunFunction(type).',
    facts: { className: target.name },
  });
}

/** Returns the error for a function type that nothing handles. `from` names the sender, where the caller does not add it to the text itself. */
export function unknownFunction(type: string, registered: readonly string[], from?: string): StatefunError {
  const sender = from === undefined ? '' : ` (${from})`;
  const summary = `nothing handles function type "${type}"${sender}. Registered types: ${registered.join(', ') || 'none'}.`;
  return new StatefunError('UNKNOWN_FUNCTION', summary, { facts: { type, registered } });
}
