import type { Egress } from '../egress/egress.ts';
import { Router, type RegisteredForwarder, type RouterOptions } from '../forwarders/router.ts';
import type { UnmatchedEvents } from '../forwarders/routing.ts';
import type { FunctionDefinition } from '../functions/function-definition.ts';
import type { FunctionRegistry } from '../functions/function-registry.ts';
import type { RemoteFunctions } from '../functions/remote/remote-function.ts';
import type { SubscriptionOptions } from '../functions/subscriptions.ts';
import type { Ingress } from '../ingress/ingress.ts';
import { appendAll } from '../shared/append-all.ts';
import { countOf } from '../shared/text/count-of.ts';
import { systemClock, type Clock } from '../shared/time/clock.ts';
import { describe, StatefunError } from '../shared/errors.ts';
import { silentLogger, type Logger } from '../shared/logger.ts';
import type { ClassOf } from '../shared/metadata.ts';
import {
  configurationOf,
  configurationProviders,
  configureConnectors,
  engineSettings,
  type ConfigurationOverrides,
} from './application-configuration.ts';
import { ApplicationEvents } from '../injection/application-events.ts';
import { checkEventTypes } from './components/check-event-types.ts';
import { checkEgress, checkIngress } from './components/check-ports.ts';
import { chooseComponents } from './components/choose-components.ts';
import { scanComponents, type ScanReport, type ScanResult } from './components/component-scan.ts';
import { makeForwarders, registerFunctions, unknownTargets, type ComponentClasses, type Making } from './components/make-components.ts';
import { conditionsOf, profilesIn, type ConditionOutcome, type ConditionSource } from '../injection/conditions.ts';
import type { Configuration } from '../configuration/configuration.ts';
import { ProviderContainer } from '../injection/container.ts';
import { gatherContributions, type Contributions } from './components/contributions.ts';
import { isApplicationDefinition, type ApplicationDefinition, type EngineSettings } from './definition.ts';
import { makeHealthIndicators, type HealthClass } from './components/health-components.ts';
import { Health } from './health/health.ts';
import type { HealthIndicator } from './health/health-indicator.ts';
import { InjectableLogger, LoggerToken } from './logging/logger-token.ts';
import { InvocationLogScope } from './logging/logging-context.ts';
import { Lifecycle, type LifecycleOptions } from '../injection/lifecycle.ts';
import type { Provider } from '../injection/provider.ts';
import { registerRemote } from './components/remote-components.ts';
import { createWiring, type Wiring } from './wiring/wiring.ts';

/** What a host uses in place of the application's own declarations. */
export interface ApplicationOverrides extends ConfigurationOverrides {
  /** Replaces the application's own name. */
  readonly name?: string;
  /** Used where the application has no name of its own. */
  readonly defaultName?: string;
  /** Each provider replaces the one with the same token, or is added. */
  readonly providers?: readonly Provider[];
  /** Replaces every declared ingress. */
  readonly ingress?: readonly Ingress[];
  /** Replaces every declared egress. */
  readonly egress?: readonly Egress[];
  readonly clock?: Clock;
  /** Uses only these classes, declared or not, and scans nothing. */
  readonly only?: readonly ClassOf[];
  /** The profiles and settings that conditions are checked against. @defaultValue those of the application */
  readonly conditionSource?: ConditionSource;
  readonly lifecycle?: LifecycleOptions;
  /** The logger behind injected loggers. @defaultValue one that writes nothing */
  readonly logger?: Logger;
  /**
   * Checks and wires the application without creating a provider, so that nothing outside is touched. Functions and forwarders get stand-ins
   * for their dependencies. The result can be shown, not run. @defaultValue `false`
   */
  readonly dryRun?: boolean;
}

/** An application ready for an engine: checked, with its forwarders created and its functions registered. */
export interface AssembledApplication {
  readonly name: string;
  readonly functions: FunctionRegistry;
  readonly router: Router;
  /** Names of the forwarders, in the order in which the router calls them. */
  readonly forwarders: readonly string[];
  readonly registeredForwarders: readonly RegisteredForwarder[];
  readonly ingress: readonly Ingress[];
  readonly egress: readonly Egress[];
  readonly subscriptions: SubscriptionOptions;
  readonly unmatchedEvents: UnmatchedEvents;
  readonly clock: Clock;
  readonly engine: EngineSettings;
  /** All settings, with their origins. */
  readonly configuration: Configuration;
  readonly report: ScanReport;
  readonly wiring: Wiring;
  /** The outcome of each condition, with its reason. */
  readonly conditions: readonly ConditionOutcome[];
  readonly events: ApplicationEvents;
  /** Destroys what was created: the caller of {@link assembleApplication} calls `lifecycle.destroy()` at the end. */
  readonly lifecycle: Lifecycle;
  readonly health: Health;
  readonly healthIndicators: readonly HealthIndicator[];
  /** The asynchronous scope that handlers run in. Injected loggers and unhandled failures find their attempt by it. */
  readonly invocationScope: InvocationLogScope;
}

const nothingScanned: ScanReport = { found: [], skipped: [] };

/**
 * Builds the container of an application and everything that an engine needs: checks the application, then creates its providers and
 * forwarders, including their `@PostConstruct`. The caller calls `lifecycle.destroy()` at the end.
 *
 * Throws NOT_AN_APPLICATION, or APPLICATION_INVALID with every mistake in its text and in `facts.problems`. What was created by then is destroyed.
 */
export async function assembleApplication(
  definition: ApplicationDefinition,
  overrides: ApplicationOverrides = {},
): Promise<AssembledApplication> {
  if (!isApplicationDefinition(definition)) throw new StatefunError('NOT_AN_APPLICATION', `${describe(definition)} is not an application.`);
  const configuration = await configurationOf(definition, overrides);
  const name = configuration.get('application.name') ?? overrides.defaultName ?? 'application';
  const framework = createFramework(definition, configuration, overrides);
  const found = await findParts(definition, name, { configuration, framework, overrides });
  const { components, problems } = await makeParts(found, framework, overrides);
  if (problems.length > 0) throw invalidApplication(name, [...problems, ...(await framework.lifecycle.destroy())], found.report);

  const { ingress, egress, conditions } = found;
  const { functions, definitions, forwarders, routerOptions, healthIndicators } = components;
  const { clock, events, lifecycle, health, invocationScope } = framework;
  return {
    name,
    functions,
    router: new Router(forwarders, routerOptions),
    forwarders: forwarders.map((forwarder) => forwarder.name),
    registeredForwarders: forwarders,
    ingress,
    egress,
    subscriptions: definition.options.subscriptions ?? {},
    unmatchedEvents: configuration.get('unmatched-events'),
    clock,
    engine: engineSettings(configuration),
    configuration,
    report: overrides.only === undefined ? found.report : nothingScanned,
    wiring: createWiring({ application: name, ingress, forwarders, functions, definitions, egress }),
    conditions,
    events,
    lifecycle,
    health,
    healthIndicators,
    invocationScope,
  };
}

/** The parts that every application has, independent of its declarations. */
interface Framework extends Pick<AssembledApplication, 'clock' | 'events' | 'lifecycle' | 'health' | 'invocationScope'> {
  readonly providers: readonly Provider[];
}

function createFramework(definition: ApplicationDefinition, configuration: Configuration, overrides: ApplicationOverrides): Framework {
  const events = new ApplicationEvents();
  const clock = overrides.clock ?? systemClock;
  const health = new Health(clock);
  const invocationScope = new InvocationLogScope();
  const providers: readonly Provider[] = [
    { provide: ApplicationEvents, useValue: events },
    ...configurationProviders(configuration, definition),
    { provide: Health, useValue: health },
    { provide: LoggerToken, useValue: new InjectableLogger(overrides.logger ?? silentLogger, invocationScope) },
  ];
  return { clock, events, lifecycle: new Lifecycle(overrides.lifecycle, events), health, invocationScope, providers };
}

/** The parts of an application before anything is created, and the mistakes found in them. */
interface FoundParts extends Pick<AssembledApplication, 'ingress' | 'egress' | 'conditions' | 'report'> {
  readonly classes: ComponentClasses;
  readonly remote: readonly RemoteFunctions[];
  readonly healthClasses: readonly HealthClass[];
  readonly providers: Contributions['providers'];
  readonly problems: readonly StatefunError[];
  /** Problems of ingresses and egresses, reported after function and forwarder problems. */
  readonly portProblems: readonly StatefunError[];
}

interface Surroundings {
  readonly configuration: Configuration;
  readonly framework: Framework;
  readonly overrides: ApplicationOverrides;
}

async function findParts(
  definition: ApplicationDefinition,
  name: string,
  { configuration, framework, overrides }: Surroundings,
): Promise<FoundParts> {
  const source = overrides.conditionSource ?? { profiles: configuration.profiles, property: (key: string) => configuration.lookup(key) };
  const contributions = gatherContributions(definition, overrides.providers ?? [], { source, framework: framework.providers });
  const scanned = await scanComponents(overrides.only === undefined ? contributions.scan : []);
  const { classes, conditions, problems: unusable } = chooseComponents(contributions, scanned, source, overrides.only);
  const problems = [...contributions.problems, ...scanned.problems, ...unusable];
  const remote = overrides.only === undefined ? contributions.remote : [];
  const functionCount = classes.functions.length + remote.length;
  if (functionCount === 0 && overrides.only === undefined && problems.length === 0) problems.push(noFunction(name, conditions));
  appendAll(problems, configurationProblems(configuration, contributions, scanned));
  const ingress = overrides.ingress ?? contributions.ingress;
  const egress = overrides.egress ?? contributions.egress;
  const portProblems = [
    ...checkIngress(ingress),
    ...checkEgress(egress),
    ...configureConnectors([...ingress, ...egress], configuration),
    ...checkEventTypes(classes.functions, classes.forwarders),
  ];
  const healthClasses = overrides.only === undefined ? contributions.health : [];
  return {
    classes,
    remote,
    healthClasses,
    ingress,
    egress,
    problems,
    portProblems,
    providers: contributions.providers,
    conditions: [...contributions.conditions, ...conditions],
    report: scanned.report,
  };
}

/** Leaves out the mistake of a profile without a file where a condition names the profile. */
function configurationProblems({ problems }: Configuration, { functions, forwarders, providers }: Contributions, scanned: ScanResult) {
  // A listed value may not be a class; that is reported elsewhere.
  const classes = [...functions, ...forwarders, ...scanned.functions, ...scanned.forwarders].filter(
    (listed) => typeof listed === 'function',
  );
  const asked = profilesIn([...classes.flatMap(conditionsOf), ...providers.flatMap(({ conditions }) => conditions)]);
  const isAsked = ({ code, facts }: StatefunError): boolean =>
    code === 'CONFIGURATION_PROFILE_UNKNOWN' && asked.includes(String(facts['profile']));
  return problems.filter((problem) => !isAsked(problem));
}

/**
 * Creates everything when no mistake was found. Otherwise, or in a dry run, it creates only functions and forwarders, with stand-ins, to find
 * more mistakes.
 */
async function makeParts(
  { classes, remote, healthClasses, providers, portProblems, ...found }: FoundParts,
  { clock, lifecycle }: Framework,
  { dryRun = false, only, logger = silentLogger }: ApplicationOverrides,
): Promise<{ readonly components: Components; readonly problems: readonly StatefunError[] }> {
  const container = new ProviderContainer(providers, lifecycle);
  const make = (mode: Making['mode'], problems: StatefunError[]): Promise<Components> =>
    makeComponents({ classes, remote, health: healthClasses }, { clock, logger }, { container, lifecycle, mode, problems });
  const declared: StatefunError[] = [];
  await make('declarations', declared);
  const problems = [...found.problems];
  const real = !dryRun && [...problems, ...declared, ...container.problems(), ...portProblems].length === 0;
  if (real && only === undefined) appendAll(problems, await container.makeSingletons());
  const components = await make(real ? 'real' : 'stand-ins', problems);
  return { components, problems: [...problems, ...container.problems(), ...portProblems] };
}

function noFunction(name: string, conditions: readonly ConditionOutcome[]): StatefunError {
  const leftOut = conditions.filter(({ matched }) => !matched).map(({ what, reasons }) => `\n  Left out: ${what}: ${reasons.join('; ')}.`);
  return new StatefunError('APPLICATION_WITHOUT_FUNCTIONS', `application "${name}" has no function.${leftOut.join('')}`);
}

interface Components {
  readonly functions: FunctionRegistry;
  /** Definitions of all functions, including those that could not be created with stand-ins. */
  readonly definitions: readonly FunctionDefinition[];
  readonly forwarders: readonly RegisteredForwarder[];
  readonly routerOptions: RouterOptions;
  readonly healthIndicators: readonly HealthIndicator[];
}

interface Declared {
  readonly classes: ComponentClasses;
  readonly remote: readonly RemoteFunctions[];
  readonly health: readonly HealthClass[];
}

async function makeComponents(
  { classes, remote, health }: Declared,
  { clock, logger }: { readonly clock: Clock; readonly logger: Logger },
  making: Making,
): Promise<Components> {
  const { registry: functions, definitions } = await registerFunctions(classes, making);
  appendAll(making.problems, registerRemote(remote, functions, logger));
  const routerOptions: RouterOptions = { isRegistered: (type) => functions.has(type), registeredTypes: () => functions.types(), clock };
  const types = definitions.map(({ type }) => type);
  // A function that could not be read has no type yet; a host that names its components does not name all functions.
  const complete = !classes.chosenByHost && definitions.length === classes.functions.length;
  if (complete) appendAll(making.problems, unknownTargets(classes.forwarders, types, functions));
  const forwarders = await makeForwarders(classes, routerOptions, making);
  const healthIndicators = await makeHealthIndicators(health, making);
  return { functions, definitions, forwarders, routerOptions, healthIndicators };
}

function invalidApplication(name: string, problems: readonly StatefunError[], { found }: ScanReport): StatefunError {
  const items = problems.map((problem, index) => `  ${index + 1}. ${problem.message.replaceAll('\n', '\n     ')}`);
  return new StatefunError(
    'APPLICATION_INVALID',
    [`application "${name}" has ${countOf(problems.length, 'mistake')}:`, ...items].join('\n'),
    {
      facts: { application: name, problems, found },
    },
  );
}
