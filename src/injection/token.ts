import type { ClassOf } from '../shared/metadata.ts';

/** What a constructor asks for and a provider provides: a class, or a symbol or text that stands for an interface. */
export type Token<T = unknown> = ClassOf<T> | symbol | string;

/** A token for people: `PriceRounding`, `Symbol(clock)`, `"clock"`; with the name that tells its providers apart. */
export function tokenName(token: Token, named?: string): string {
  const name = typeof token === 'function' ? token.name : typeof token === 'symbol' ? String(token) : `"${token}"`;
  return named === undefined ? name : `${name} named "${named}"`;
}
