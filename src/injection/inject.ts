import { inject as injectToken } from 'inversify';
import { recordMisplaced } from '../shared/recorded-decorators.ts';

/**
 * Names what a constructor parameter or a property gets: a class, a symbol or a text that a provider has as its token. A property gets it
 * after the constructor has run; one that is static belongs to no instance, which the start reports (DECORATOR_MISPLACED).
 */
export function inject(token: Parameters<typeof injectToken>[0]): ReturnType<typeof injectToken> {
  const decorate = injectToken(token);
  return (target: object, member?: string | symbol, place?: unknown): void => {
    const isStatic = typeof target === 'function' && member !== undefined && typeof place !== 'number';
    if (isStatic) recordMisplaced(target, { decorator: 'inject', member: String(member), reason: 'it is static' });
    // The decorator of inversify has one signature for each place.
    else (decorate as (...places: readonly unknown[]) => void)(target, member, place);
  };
}
