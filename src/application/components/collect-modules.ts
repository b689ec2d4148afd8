import { describe, StatefunError } from '../../shared/errors.ts';
import { isModuleDefinition, type ApplicationDefinition, type ModuleOptions } from '../definition.ts';
import type { ModuleScope } from '../../injection/module-scope.ts';
import { tokenName, type Token } from '../../injection/token.ts';

export interface CollectedModule {
  readonly options: ModuleOptions;
  readonly scope: ModuleScope;
}

interface Collecting {
  readonly modules: Map<ModuleOptions, ModuleScope & { readonly imports: ModuleScope[] }>;
  readonly problems: StatefunError[];
}

/** Returns every module that an application reaches, depth first and each once, and the mistakes in their imports and exports. */
export function collectModules({ options }: ApplicationDefinition): {
  readonly modules: readonly CollectedModule[];
  readonly problems: readonly StatefunError[];
} {
  const collecting: Collecting = { modules: new Map(), problems: [] };
  collect(options.modules ?? [], 'modules of the application', undefined, [], collecting);
  const modules = [...collecting.modules].map(([moduleOptions, scope]) => ({ options: moduleOptions, scope }));
  return { modules, problems: [...collecting.problems, ...modules.flatMap((module) => unknownExports(module, modules))] };
}

function collect(
  definitions: readonly unknown[],
  where: string,
  importer: { readonly imports: ModuleScope[] } | undefined,
  chain: readonly ModuleOptions[],
  collecting: Collecting,
): void {
  const { modules, problems } = collecting;
  for (const [index, definition] of definitions.entries()) {
    if (!isModuleDefinition(definition)) {
      problems.push(notAModule(definition, index, where));
      continue;
    }
    const { options } = definition;
    const before = modules.get(options);
    if (chain.includes(options)) problems.push(circular([...chain.slice(chain.indexOf(options)), options], modules));
    const scope = before ?? { name: moduleName(options, modules.size), exports: options.exports, imports: [] };
    importer?.imports.push(scope);
    if (before !== undefined) continue;
    modules.set(options, scope);
    collect(options.modules ?? [], `modules of ${scope.name}`, scope, [...chain, options], collecting);
  }
}

function notAModule(definition: unknown, index: number, where: string): StatefunError {
  const summary = `${describe(definition)} is not a module (number ${index + 1} in the ${where}).`;
  if (definition !== undefined) return new StatefunError('NOT_A_MODULE', summary);
  const hint = 'Two files that import each other can see undefined: move what both modules need into a third file.';
  return new StatefunError('NOT_A_MODULE', summary, { hint });
}

function circular(circle: readonly ModuleOptions[], modules: Collecting['modules']): StatefunError {
  const names = circle.map((options) => modules.get(options)?.name ?? 'a module');
  return new StatefunError('MODULE_CIRCULAR', `modules import each other in a circle: ${names.join(' → ')}.`, { facts: { circle: names } });
}

function unknownExports({ options, scope }: CollectedModule, modules: readonly CollectedModule[]): readonly StatefunError[] {
  const known = new Set<unknown>();
  const visited = new Set<ModuleScope>();
  const add = (reached: ModuleScope): void => {
    if (visited.has(reached)) return;
    visited.add(reached);
    for (const token of providedBy(modules.find((module) => module.scope === reached)?.options)) known.add(token);
    reached.imports.forEach(add);
  };
  add(scope);
  return (options.exports ?? [])
    .filter((token) => !known.has(token))
    .map((token) => {
      const name = typeof token === 'undefined' ? 'undefined' : tokenName(token);
      return new StatefunError('MODULE_EXPORT_UNKNOWN', `${scope.name} exports ${name}, which neither it nor its modules provide.`, {
        facts: { module: scope.name, token: name },
      });
    });
}

/** Returns the tokens of a module's providers; undefined for a provider that cannot be read. */
function providedBy(options: ModuleOptions | undefined): readonly (Token | undefined)[] {
  return (options?.providers ?? []).map((provider: unknown) => {
    if (typeof provider === 'function') return provider as Token;
    return typeof provider === 'object' && provider !== null ? (provider as { readonly provide?: Token }).provide : undefined;
  });
}

function moduleName({ name }: ModuleOptions, index: number): string {
  return name === undefined ? `module ${index + 1}` : `module "${name}"`;
}
