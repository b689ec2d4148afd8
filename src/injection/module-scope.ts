import type { Token } from './token.ts';

/** A module, as far as it decides who sees its providers. The application itself has none: undefined stands for it. */
export interface ModuleScope {
  /** For messages: `module "billing"`. */
  readonly name: string;
  /** What others see; undefined: everything, wherever they are. */
  readonly exports: readonly Token[] | undefined;
  /** The modules it imports, filled while modules are gathered. */
  readonly imports: readonly ModuleScope[];
}

interface Owned {
  readonly token: Token;
  readonly owner: ModuleScope | undefined;
}

/** Whether only the owner itself sees it. */
export function isPrivate({ token, owner }: Owned): boolean {
  return owner?.exports !== undefined && !owner.exports.includes(token);
}

/** Whether code of a module, or of the application, may ask for it. */
export function isVisible(owned: Owned, asker: ModuleScope | undefined): boolean {
  const { token, owner } = owned;
  if (owner?.exports === undefined || owner === asker) return true;
  if (isPrivate(owned)) return false;
  return asker === undefined || imports(asker, owner, token);
}

/** A module that imports another may pass on what it gets from it by exporting the token itself. */
function imports(asker: ModuleScope, owner: ModuleScope, token: Token): boolean {
  return asker.imports.some((module) => module === owner || (module.exports?.includes(token) === true && imports(module, owner, token)));
}
