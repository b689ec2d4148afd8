import { inject as injectToken } from 'inversify';
import { recordMisplaced } from '../shared/recorded-decorators.ts';

/**
 * Names the token of a constructor parameter or a property: a class, a symbol or a text. A property is set after the constructor has run. The start
 * reports static properties (DECORATOR_MISPLACED), which belong to no instance.
 */
export function inject(token: Parameters<typeof injectToken>[0]): ReturnType<typeof injectToken> {
  const decorate = injectToken(token);
  return (target: object, member?: string | symbol, place?: unknown): void => {
    const isStatic = typeof target === 'function' && member !== undefined && typeof place !== 'number';
    if (isStatic) recordMisplaced(target, { decorator: 'inject', member: String(member), reason: 'it is static' });
    // The decorator of Inversify has a separate signature for each place.
    else (decorate as (...places: readonly unknown[]) => void)(target, member, place);
  };
}
