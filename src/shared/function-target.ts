import { StatefunError } from './errors.ts';
import { readMetadata, type ClassOf } from './metadata.ts';

/** A function, named by its class or by its type. Naming the type needs no import of the class. */
export type FunctionTarget = string | ClassOf;

/** Under this key a function class holds what its decorator recorded, `type` among it. */
export const functionMetadataKey = 'statefun:function';

/** The function type a target stands for. Throws UNKNOWN_FUNCTION for a class that is not decorated. */
export function functionTypeOf(target: FunctionTarget): string {
  if (typeof target === 'string') return target;
  const recorded = readMetadata<{ readonly type: string }>(target, functionMetadataKey);
  if (recorded !== undefined) return recorded.type;
  throw new StatefunError('UNKNOWN_FUNCTION', `class ${target.name} is not a function.`, {
    hint: 'Decorate the class with @StatefunFunction(type).',
    facts: { className: target.name },
  });
}
