import type { ClassOf } from '../shared/metadata.ts';

/** Identifies a dependency: a class, or a symbol or text for an interface. */
export type Token<T = unknown> = ClassOf<T> | symbol | string;

/** Returns a token as text, such as `PriceRounding`, `Symbol(clock)` or `"clock"`, with the name of the provider, if any. */
export function tokenName(token: Token, named?: string): string {
  const name = typeof token === 'function' ? token.name : typeof token === 'symbol' ? String(token) : `"${token}"`;
  return named === undefined ? name : `${name} named "${named}"`;
}
