import type { Token } from './token.ts';

/** The part of a module that decides about the visibility of its providers. For the application itself, the scope is undefined. */
export interface ModuleScope {
  /** Name for messages, such as `module "billing"`. */
  readonly name: string;
  /** Exported tokens. When undefined, all tokens are visible everywhere. */
  readonly exports: readonly Token[] | undefined;
  /** Imported modules, added while modules are collected. */
  readonly imports: readonly ModuleScope[];
}

interface Owned {
  readonly token: Token;
  readonly owner: ModuleScope | undefined;
}

/** Returns whether only the owner can use the token. */
export function isPrivate({ token, owner }: Owned): boolean {
  return owner?.exports !== undefined && !owner.exports.includes(token);
}

/** Returns whether code of a module, or of the application, can inject the token. */
export function isVisible(owned: Owned, asker: ModuleScope | undefined): boolean {
  const { token, owner } = owned;
  if (owner?.exports === undefined || owner === asker) return true;
  if (isPrivate(owned)) return false;
  return asker === undefined || imports(asker, owner, token);
}

/** A module can export a token of an imported module again. */
function imports(asker: ModuleScope, owner: ModuleScope, token: Token): boolean {
  return asker.imports.some((module) => module === owner || (module.exports?.includes(token) === true && imports(module, owner, token)));
}
