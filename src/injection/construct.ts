import { describe, isError, StatefunError, toError } from '../shared/errors.ts';
import type { ClassOf } from '../shared/metadata.ts';
import { isThenable } from '../shared/thenable.ts';
import type { Dependency } from './dependencies.ts';
import { variantsFor } from './made-for-asker.ts';

/** Creates an instance of a class from its dependencies: constructor parameters first, then properties. */
export function construct(madeClass: ClassOf, dependencies: readonly Dependency[], given: readonly unknown[]): object {
  // Safe: a provided class is not abstract, and its parameters match its dependencies.
  const concrete = madeClass as new (...parameters: readonly unknown[]) => object;
  // Most functions have no dependencies, and every attempt has an instance.
  if (given.length === 0) return new concrete();
  const values = variantsFor(madeClass, given);
  const parameterCount = dependencies.findIndex(({ property }) => property !== undefined);
  if (parameterCount === -1) return new concrete(...values);
  const instance = new concrete(...values.slice(0, parameterCount));
  for (const [offset, { property }] of dependencies.slice(parameterCount).entries()) {
    if (property !== undefined) Reflect.set(instance, property, values[parameterCount + offset]);
  }
  return instance;
}

/** Returns the error for a constructor or factory that threw. Errors of this framework stay as they are. */
export function failedToMake(what: string, thrown: unknown): StatefunError {
  if (StatefunError.is(thrown)) return thrown;
  const text = isError(thrown) ? toError(thrown).message : describe(thrown);
  return new StatefunError('PROVIDER_FAILED', `${what} threw: ${text}`, { facts: { what }, cause: thrown });
}

/** Calls a constructor or factory. Failures become PROVIDER_FAILED, and so do rejections of a promise or another thenable that it returns. */
export function madeOrFailed(what: string, make: () => unknown): unknown {
  try {
    const made = make();
    return isThenable(made) ? settledOrFailed(what, made) : made;
  } catch (thrown) {
    throw failedToMake(what, thrown);
  }
}

async function settledOrFailed(what: string, made: PromiseLike<unknown>): Promise<unknown> {
  try {
    return await made;
  } catch (thrown) {
    throw failedToMake(what, thrown);
  }
}
