import type { Egress } from '../../egress/egress.ts';
import type { RemoteFunctions } from '../../functions/remote/remote-function.ts';
import type { Ingress } from '../../ingress/ingress.ts';
import type { StatefunError } from '../../shared/errors.ts';
import type { ClassOf } from '../../shared/metadata.ts';
import { toFolderPath } from './component-scan.ts';
import { noConditionSource, type ConditionOutcome, type ConditionSource } from '../../injection/conditions.ts';
import type { ApplicationDefinition } from '../definition.ts';
import { collectModules, type CollectedModule } from './collect-modules.ts';
import type { HealthClass } from './health-components.ts';
import type { ModuleScope } from '../../injection/module-scope.ts';
import { chooseProviders, type ProviderSource } from '../../injection/choose-providers.ts';
import type { Provider, RegisteredProvider } from '../../injection/provider.ts';

/** Everything that an application and its modules list. */
export interface Contributions {
  readonly functions: readonly ClassOf[];
  readonly forwarders: readonly ClassOf[];
  readonly scan: readonly (URL | string)[];
  /** Those whose conditions hold. */
  readonly providers: readonly RegisteredProvider[];
  readonly remote: readonly RemoteFunctions[];
  readonly ingress: readonly Ingress[];
  readonly egress: readonly Egress[];
  /** Those whose conditions hold. */
  readonly health: readonly HealthClass[];
  /** The outcome of each provider's conditions, with its reason. */
  readonly conditions: readonly ConditionOutcome[];
  readonly problems: readonly StatefunError[];
  /** Returns the module of a class: the one that lists it, else the one that scans its folder. Undefined means the application. */
  ownerOf(component: ClassOf, scannedIn: string | undefined): ModuleScope | undefined;
}

export interface Surroundings {
  /** The profiles and settings that conditions are checked against. @defaultValue no active profile and no setting */
  readonly source?: ConditionSource;
  /** Providers of the framework. */
  readonly framework?: readonly Provider[];
}

/** Gathers what the application lists, then what its modules list, depth first and each module once. */
export function gatherContributions(
  application: ApplicationDefinition,
  replacements: readonly Provider[],
  { source = noConditionSource, framework = [] }: Surroundings = {},
): Contributions {
  const { modules, problems } = collectModules(application);
  const provided = [application.options, ...modules.map(({ options }) => options)].flatMap(({ providers = [] }) => providers).map(tokenOf);
  const own = (health: readonly ClassOf[] = []): readonly ClassOf[] =>
    [...new Set(health)].filter((listedClass) => !provided.includes(listedClass));
  const sources: readonly ProviderSource[] = [
    { where: 'the framework', rank: -1, owner: undefined, providers: framework },
    ...modules.map(({ options, scope }) => ({
      where: scope.name,
      rank: 0,
      owner: scope,
      providers: [...(options.providers ?? []), ...own(options.health)],
    })),
    {
      where: 'the application',
      rank: 1,
      owner: undefined,
      providers: [...(application.options.providers ?? []), ...own(application.options.health)],
    },
    { where: 'the overrides', rank: 2, owner: undefined, providers: replacements },
  ];
  const listed = [{ options: application.options, scope: undefined }, ...modules].flatMap(({ options: { health = [] }, scope }) =>
    health.map((madeClass): HealthClass => ({ madeClass, owner: scope })),
  );
  const chosen = chooseProviders(sources, source);
  const all = [application.options, ...modules.map(({ options }) => options)];
  return {
    functions: [...new Set(all.flatMap(({ functions = [] }) => functions))],
    forwarders: [...new Set(all.flatMap(({ forwarders = [] }) => forwarders))],
    scan: all.flatMap(({ scan = [] }) => scan),
    providers: chosen.providers,
    remote: [...new Set(all.flatMap(({ remote = [] }) => remote))],
    ingress: [...new Set(all.flatMap(({ ingress = [] }) => ingress))],
    egress: [...new Set(all.flatMap(({ egress = [] }) => egress))],
    health: listed.filter(({ madeClass }) => chosen.providers.some(({ token }) => token === madeClass)),
    conditions: chosen.conditions,
    problems: [...problems, ...chosen.problems],
    ownerOf: (component, scannedIn) => ownerOf(component, scannedIn, application, modules),
  };
}

/** Returns the token of a provider. A provider that cannot be read is reported elsewhere. */
function tokenOf(provider: unknown): unknown {
  return typeof provider === 'object' && provider !== null ? (provider as { readonly provide?: unknown }).provide : provider;
}

function ownerOf(
  component: ClassOf,
  scannedIn: string | undefined,
  { options: { functions = [], forwarders = [] } }: ApplicationDefinition,
  modules: readonly CollectedModule[],
): ModuleScope | undefined {
  if (functions.includes(component) || forwarders.includes(component)) return undefined;
  const lists = ({ options }: CollectedModule): boolean =>
    options.functions?.includes(component) === true || options.forwarders?.includes(component) === true;
  const scans = ({ options: { scan = [] } }: CollectedModule): boolean => scan.some((folder) => toFolderPath(folder) === scannedIn);
  return (modules.find(lists) ?? modules.find(scans))?.scope;
}
