import type { Egress } from '../egress/egress.ts';
import type { Ingress } from '../ingress/ingress.ts';
import { describe, StatefunError } from '../shared/errors.ts';
import type { ClassOf } from '../shared/metadata.ts';
import { isModuleDefinition, type ApplicationDefinition, type ModuleOptions } from './definition.ts';
import { readProvider, type Provider, type RegisteredProvider } from './provider.ts';
import { tokenName, type Token } from './token.ts';

/** What an application and its modules list, put together. */
export interface Contributions {
  readonly functions: readonly ClassOf[];
  readonly forwarders: readonly ClassOf[];
  readonly scan: readonly (URL | string)[];
  readonly providers: readonly RegisteredProvider[];
  readonly ingress: readonly Ingress[];
  readonly egress: readonly Egress[];
  readonly problems: readonly StatefunError[];
}

/** A list of providers and who wrote it. What a higher rank provides goes before the rest; within a rank it must be one. */
interface ProviderSource {
  readonly where: string;
  readonly rank: number;
  readonly providers: readonly Provider[];
}

interface Candidate {
  readonly provider: RegisteredProvider;
  readonly given: Provider;
  readonly source: ProviderSource;
}

/** Gathers what the application lists itself, then what its modules list, depth first and each module once. */
export function gatherContributions(application: ApplicationDefinition, replacements: readonly Provider[]): Contributions {
  const problems: StatefunError[] = [];
  const modules: ModuleOptions[] = [];
  collectModules(application.options.modules ?? [], 'modules of the application', modules, problems);
  const all = [application.options, ...modules];
  const providers = gatherProviders(
    [
      ...modules.map((module, index) => ({ where: moduleName(module, index), rank: 0, providers: module.providers ?? [] })),
      { where: 'the application', rank: 1, providers: application.options.providers ?? [] },
      { where: 'the overrides', rank: 2, providers: replacements },
    ],
    problems,
  );
  return {
    functions: [...new Set(all.flatMap(({ functions = [] }) => functions))],
    forwarders: [...new Set(all.flatMap(({ forwarders = [] }) => forwarders))],
    scan: all.flatMap(({ scan = [] }) => scan),
    providers,
    ingress: [...new Set(all.flatMap(({ ingress = [] }) => ingress))],
    egress: [...new Set(all.flatMap(({ egress = [] }) => egress))],
    problems,
  };
}

function collectModules(definitions: readonly unknown[], where: string, modules: ModuleOptions[], problems: StatefunError[]): void {
  for (const [index, definition] of definitions.entries()) {
    if (!isModuleDefinition(definition)) {
      problems.push(new StatefunError('NOT_A_MODULE', `${describe(definition)} is not a module (number ${index + 1} in the ${where}).`));
      continue;
    }
    if (modules.includes(definition.options)) continue;
    modules.push(definition.options);
    collectModules(definition.options.imports ?? [], `imports of ${moduleName(definition.options, modules.length - 1)}`, modules, problems);
  }
}

function gatherProviders(sources: readonly ProviderSource[], problems: StatefunError[]): readonly RegisteredProvider[] {
  const byToken = new Map<Token, Map<string | undefined, Candidate[]>>();
  for (const source of sources) {
    for (const given of source.providers) {
      const { provider, problems: unreadable } = readProvider(given, source.where);
      problems.push(...unreadable);
      if (provider === undefined) continue;
      const byName = byToken.get(provider.token) ?? new Map<string | undefined, Candidate[]>();
      byToken.set(provider.token, byName.set(provider.named, [...(byName.get(provider.named) ?? []), { provider, given, source }]));
    }
  }
  return [...byToken.values()].flatMap((byName) => [...byName.values()].flatMap((candidates) => chooseProvider(candidates, problems)));
}

function chooseProvider(candidates: readonly Candidate[], problems: StatefunError[]): readonly RegisteredProvider[] {
  const rankMax = Math.max(...candidates.map(({ source }) => source.rank));
  const [chosen, ...others] = candidates.filter(({ source }) => source.rank === rankMax);
  const other = others.find(({ given }) => given !== chosen?.given);
  if (chosen !== undefined && other !== undefined) {
    const [first, second] = [chosen.source.where, other.source.where];
    const both = first === second ? `twice by ${first}` : `by ${first} and by ${second}`;
    const { token, named } = chosen.provider;
    problems.push(new StatefunError('PROVIDER_DUPLICATE', `${tokenName(token, named)} is provided ${both}.`, { facts: { first, second } }));
  }
  return chosen === undefined ? [] : [chosen.provider];
}

function moduleName({ name }: ModuleOptions, index: number): string {
  return name === undefined ? `module ${index + 1}` : `module "${name}"`;
}
