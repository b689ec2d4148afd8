import { appendAll } from '../shared/append-all.ts';
import { StatefunError } from '../shared/errors.ts';
import { decide, type ConditionContext, type ConditionOutcome, type ConditionSource } from './conditions.ts';
import { isPrivate, type ModuleScope } from './module-scope.ts';
import type { Provider, RegisteredProvider } from './provider.ts';
import { readProvider, unusableProvider } from './read-provider.ts';
import { tokenName } from './token.ts';

/** A list of providers and its owner. Providers of a higher rank take precedence; within a rank, each token has one provider. */
export interface ProviderSource {
  readonly where: string;
  readonly rank: number;
  /** Undefined when all modules can use the providers. */
  readonly owner: ModuleScope | undefined;
  readonly providers: readonly Provider[];
}

interface Candidate {
  readonly provider: RegisteredProvider;
  readonly given: Provider;
  readonly source: ProviderSource;
}

export interface ChosenProviders {
  readonly providers: readonly RegisteredProvider[];
  readonly conditions: readonly ConditionOutcome[];
  readonly problems: readonly StatefunError[];
}

/**
 * Chooses the active providers. Of those whose conditions hold, each token and name has one provider for all modules, and one in each module that
 * does not export it. Providers of the highest rank take precedence over all others, private ones included.
 */
export function chooseProviders(sources: readonly ProviderSource[], source: ConditionSource): ChosenProviders {
  const problems: StatefunError[] = [];
  const { active, conditions } = evaluate(readCandidates(sources, problems), source);
  const rankMax = sources.reduce((max, { rank }) => Math.max(max, rank), -Infinity);
  const providers = [...groupsOf(active, rankMax).values()].flatMap((candidates) => chooseOne(candidates, problems));
  return { providers, conditions, problems };
}

function readCandidates(sources: readonly ProviderSource[], problems: StatefunError[]): readonly Candidate[] {
  return sources.flatMap((source) =>
    source.providers.flatMap((given): readonly Candidate[] => {
      const { provider = unusableProvider(given), problems: unreadable } = readProvider(given, source.where);
      appendAll(problems, unreadable);
      return provider === undefined ? [] : [{ provider: { ...provider, owner: source.owner }, given, source }];
    }),
  );
}

/** Decides conditions on missing providers last, those of the application before those of modules. Each sees the decisions before it. */
function evaluate(
  candidates: readonly Candidate[],
  source: ConditionSource,
): { readonly active: readonly Candidate[]; readonly conditions: readonly ConditionOutcome[] } {
  const isDefault = ({ provider }: Candidate): boolean => provider.conditions.some(({ missing }) => missing !== undefined);
  const defaults = candidates.filter(isDefault).sort((left, right) => right.source.rank - left.source.rank);
  const active = new Set<Candidate>();
  const conditions: ConditionOutcome[] = [];
  for (const candidate of [...candidates.filter((other) => !isDefault(other)), ...defaults]) {
    const { provider } = candidate;
    const outcome = decide(`provider ${provider.name}`, provider.conditions, contextFor(provider.owner, [...active], source));
    if (outcome.matched) active.add(candidate);
    if (outcome.reasons.length > 0) conditions.push(outcome);
  }
  return { active: candidates.filter((candidate) => active.has(candidate)), conditions };
}

function contextFor(owner: ModuleScope | undefined, active: readonly Candidate[], source: ConditionSource): ConditionContext {
  return conditionContext(
    active.map(({ provider }) => provider),
    source,
    owner,
  );
}

/** Returns the context for conditions in a module or the application, with these active providers. */
export function conditionContext(
  providers: readonly RegisteredProvider[],
  source: ConditionSource,
  owner: ModuleScope | undefined,
): ConditionContext {
  return {
    profiles: source.profiles,
    property: (key) => source.property(key),
    hasProvider: (token) => providers.some((provider) => provider.token === token && (!isPrivate(provider) || provider.owner === owner)),
  };
}

function groupsOf(candidates: readonly Candidate[], rankMax: number): ReadonlyMap<string, readonly Candidate[]> {
  const identities = new Map<unknown, number>();
  const identify = (value: unknown): number => identities.get(value) ?? (identities.set(value, identities.size), identities.size - 1);
  const nameOf = ({ provider: { token, named } }: Candidate): string => `${identify(token)}/${identify(named)}`;
  const replaced = new Set(candidates.filter(({ source }) => source.rank === rankMax).map(nameOf));
  const groups = new Map<string, Candidate[]>();
  for (const candidate of candidates) {
    const hidden = isPrivate(candidate.provider);
    if (hidden && replaced.has(nameOf(candidate))) continue;
    const key = hidden ? `${nameOf(candidate)}/${identify(candidate.provider.owner)}` : nameOf(candidate);
    groups.set(key, [...(groups.get(key) ?? []), candidate]);
  }
  return groups;
}

function chooseOne(candidates: readonly Candidate[], problems: StatefunError[]): readonly RegisteredProvider[] {
  const rankMax = candidates.reduce((max, { source }) => Math.max(max, source.rank), -Infinity);
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
