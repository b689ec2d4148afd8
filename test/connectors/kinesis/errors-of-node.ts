import { types } from 'node:util';

/**
 * Makes errors of Node's own modules instances of `Error`, as they are outside Jest, which gives test files an `Error` of their own: the AWS
 * SDK wraps what is no `Error` and drops its code. Returns what undoes it.
 */
export function takeErrorsOfNode(): () => void {
  const ordinary = Function.prototype[Symbol.hasInstance];
  Object.defineProperty(Error, Symbol.hasInstance, {
    configurable: true,
    value(this: unknown, value: unknown): boolean {
      // Subclasses inherit this.
      return this === Error ? types.isNativeError(value) || ordinary.call(Error, value) : ordinary.call(this as typeof Error, value);
    },
  });
  return () => void Reflect.deleteProperty(Error, Symbol.hasInstance);
}
