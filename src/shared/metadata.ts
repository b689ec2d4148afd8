import 'reflect-metadata';
import { StatefunError } from './errors.ts';

/** A class, as decorators see it. */
export type ClassOf<T = object> = abstract new (...args: never[]) => T;

/** Records a value on a class; decorators do nothing else. Subclasses see what their bases recorded until they record their own. */
export function recordMetadata(target: object, key: string, value: unknown): void {
  Reflect.defineMetadata(key, value, target);
}

/** What was recorded on the class or one of its bases. The caller knows the type it recorded. */
export function readMetadata<T>(target: object, key: string): T | undefined {
  return Reflect.getMetadata(key, target) as T | undefined;
}

/** What was recorded on this very class. */
export function readOwnMetadata<T>(target: object, key: string): T | undefined {
  return Reflect.getOwnMetadata(key, target) as T | undefined;
}

/** Adds an item to a list recorded on a class, keeping what its bases recorded. */
export function appendMetadata(target: object, key: string, item: unknown): void {
  recordMetadata(target, key, [...(readMetadata<readonly unknown[]>(target, key) ?? []), item]);
}

/**
 * Refuses to decorate under a compiler that was set to standard decorators. It calls with a context object where the legacy ones have the
 * name of the member or nothing; recording would then end up on the wrong class. Throws DECORATORS_STANDARD.
 */
export function ensureLegacyDecorators(decorator: string, second: unknown): void {
  if (typeof second !== 'object' || second === null) return;
  const { kind, name } = second as { readonly kind?: unknown; readonly name?: unknown };
  if (typeof kind !== 'string') return;
  throw new StatefunError('DECORATORS_STANDARD', `@${decorator} on ${kind} ${String(name)} was compiled as a standard decorator.`, {
    facts: { decorator, kind, name: String(name) },
  });
}
