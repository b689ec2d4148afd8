import 'reflect-metadata';
import { StatefunError } from './errors.ts';

/** A class, abstract or not. */
export type ClassOf<T = object> = abstract new (...args: never[]) => T;

/** Records a value on a class. Decorators do nothing else. A subclass inherits the values of its bases until it records its own. */
export function recordMetadata(target: object, key: string, value: unknown): void {
  Reflect.defineMetadata(key, value, target);
}

/** Reads the value recorded on the class or the nearest of its bases. The caller knows its type. */
export function readMetadata<T>(target: object, key: string): T | undefined {
  return Reflect.getMetadata(key, target) as T | undefined;
}

/** Reads the value recorded on the class itself, without its bases. */
export function readOwnMetadata<T>(target: object, key: string): T | undefined {
  return Reflect.getOwnMetadata(key, target) as T | undefined;
}

/** Adds an item to the list recorded on a class. The items of its bases stay in the list. */
export function appendMetadata(target: object, key: string, item: unknown): void {
  recordMetadata(target, key, [...(readMetadata<readonly unknown[]>(target, key) ?? []), item]);
}

/**
 * Throws DECORATORS_STANDARD when the compiler is set to standard decorators. Those receive a context object in place of the name of the member,
 * so metadata would be recorded on the wrong class.
 */
export function ensureLegacyDecorators(decorator: string, second: unknown): void {
  if (typeof second !== 'object' || second === null) return;
  const { kind, name } = second as { readonly kind?: unknown; readonly name?: unknown };
  if (typeof kind !== 'string') return;
  throw new StatefunError('DECORATORS_STANDARD', `@${decorator} on ${kind} ${String(name)} was compiled as a standard decorator.`, {
    facts: { decorator, kind, name: String(name) },
  });
}
