import { StatefunError } from './errors.ts';
import { appendMetadata, ensureLegacyDecorators, readMetadata, readOwnMetadata, recordMetadata, type ClassOf } from './metadata.ts';

/** A decorator without effect on its member, and the reason. */
export interface Misplaced {
  readonly decorator: string;
  readonly member: string;
  readonly reason: string;
}

/** Something for {@link recordMethod} to record. */
export interface RecordedItem {
  /** Name without the @. */
  readonly decorator: string;
  readonly key: string;
  readonly item: unknown;
}

const misplacedKey = 'statefun:misplaced';
const repeatedKey = 'statefun:repeated';

/**
 * Records an item for an instance method. On a static method, or one whose name is a symbol, the decorator is recorded as misplaced, and the
 * start of the application reports it: nothing calls those methods.
 */
export function recordMethod(target: object, method: string | symbol, { decorator, key, item }: RecordedItem): void {
  ensureLegacyDecorators(decorator, method);
  // For a static method, the target is the class itself.
  if (typeof target === 'function') recordMisplaced(target, { decorator, member: String(method), reason: 'it is static' });
  else if (typeof method === 'symbol')
    recordMisplaced(target.constructor, { decorator, member: String(method), reason: 'its name is a symbol' });
  else appendMetadata(target.constructor, key, item);
}

export function recordMisplaced(target: object, misplaced: Misplaced): void {
  appendMetadata(target, misplacedKey, misplaced);
}

/** Records an item for a class. A second decorator on the same class is recorded as repeated and changes nothing else. */
export function recordClass(target: object, { decorator, key, item }: RecordedItem): void {
  if (readOwnMetadata(target, key) === undefined) recordMetadata(target, key, item);
  else recordMetadata(target, repeatedKey, [...repeatedOn(target), decorator]);
}

/** Returns the decorators that a class has more than once. */
export function repeatedOn(target: object): readonly string[] {
  return readOwnMetadata<readonly string[]>(target, repeatedKey) ?? [];
}

/** Returns the misplaced decorators of a class and its bases. */
export function misplacedIn(target: object): readonly Misplaced[] {
  return readMetadata<readonly Misplaced[]>(target, misplacedKey) ?? [];
}

/** Returns the error for a misplaced decorator. */
export function misplaced(madeClass: ClassOf, { decorator, member, reason }: Misplaced): StatefunError {
  const summary = `@${decorator} on ${madeClass.name}.${member} has no effect: ${reason}.`;
  return new StatefunError('DECORATOR_MISPLACED', summary, { facts: { className: madeClass.name, member, decorator } });
}

/** Returns an error for each decorated method that instances of the class do not have. */
export function checkMethods(madeClass: ClassOf, decorator: string, methods: readonly string[]): readonly StatefunError[] {
  return [...new Set(methods)].flatMap((member) => {
    const found = methodOf(madeClass, member);
    return 'reason' in found ? [misplaced(madeClass, { decorator, member, reason: found.reason })] : [];
  });
}

/** Finds an instance method of a class or its bases. Returns the reason when the member is not a method. Getters are not called. */
export function methodOf(madeClass: ClassOf, name: string): { readonly method: object } | { readonly reason: string } {
  for (let at: unknown = madeClass.prototype; typeof at === 'object' && at !== null; at = Object.getPrototypeOf(at)) {
    const descriptor = Object.getOwnPropertyDescriptor(at, name);
    if (descriptor === undefined) continue;
    if (descriptor.get !== undefined || descriptor.set !== undefined) return { reason: 'it is a getter or setter' };
    if (typeof descriptor.value !== 'function') return { reason: 'it is not a method' };
    // The body of a generator runs only while somebody takes values from it.
    if (isGenerator(descriptor.value)) return { reason: 'it is a generator (function*), whose body would never run' };
    return { method: descriptor.value as object };
  }
  return { reason: 'the class has no method of that name, only a field or a declaration' };
}

function isGenerator(method: unknown): boolean {
  return /^\[object (Async)?GeneratorFunction\]$/.test(Object.prototype.toString.call(method));
}
