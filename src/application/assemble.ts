import type { Egress } from '../egress/egress.ts';
import type { EventForwarder } from '../forwarders/event-forwarder.ts';
import { readForwarder } from '../forwarders/forwarder-decorator.ts';
import { Router, type RegisteredForwarder, type RouterOptions } from '../forwarders/router.ts';
import { isFunctionClass, readDefinition } from '../functions/definition.ts';
import { FunctionRegistry } from '../functions/registry.ts';
import type { SubscriptionOptions } from '../functions/subscriptions.ts';
import type { Ingress } from '../ingress/ingress.ts';
import { systemClock, type Clock } from '../shared/clock.ts';
import { describe, StatefunError } from '../shared/errors.ts';
import type { ClassOf } from '../shared/metadata.ts';
import { checkEgress, checkIngress } from './check-ports.ts';
import { componentKind, scanComponents, type ScanReport } from './component-scan.ts';
import { ProviderContainer } from './container.ts';
import { gatherContributions } from './contributions.ts';
import { isApplicationDefinition, type ApplicationDefinition, type EngineSettings } from './definition.ts';
import { failedToMake, type Provider } from './provider.ts';

/** What a host puts in the place of what the application declares. */
export interface ApplicationOverrides {
  /** Takes the place of the application's own name. */
  readonly name?: string;
  /** Used where the application has no name of its own. */
  readonly defaultName?: string;
  /** Each replaces the provider of its token, or is added. */
  readonly providers?: readonly Provider[];
  /** Instead of every declared ingress. */
  readonly ingress?: readonly Ingress[];
  /** Instead of every declared egress. */
  readonly egress?: readonly Egress[];
  readonly clock?: Clock;
  /** Only these classes; nothing is scanned. They need not be declared. */
  readonly only?: readonly ClassOf[];
}

/** An application ready for an engine: checked, its forwarders made, its functions known. */
export interface AssembledApplication {
  readonly name: string;
  readonly functions: FunctionRegistry;
  readonly router: Router;
  /** Names of the forwarders in the order they are asked. */
  readonly forwarders: readonly string[];
  readonly ingress: readonly Ingress[];
  readonly egress: readonly Egress[];
  readonly subscriptions: SubscriptionOptions;
  readonly unmatchedEvents: 'dead-letter' | 'count';
  readonly clock: Clock;
  readonly engine: EngineSettings;
  readonly report: ScanReport;
}

const nothingScanned: ScanReport = { found: [], skipped: [] };

/**
 * Builds the container of an application and everything an engine needs of it; starts nothing.
 *
 * Throws NOT_AN_APPLICATION, or APPLICATION_INVALID with every mistake in its text and in `facts.problems`.
 */
export async function assembleApplication(
  definition: ApplicationDefinition,
  overrides: ApplicationOverrides = {},
): Promise<AssembledApplication> {
  if (!isApplicationDefinition(definition)) throw new StatefunError('NOT_AN_APPLICATION', `${describe(definition)} is not an application.`);
  const { options } = definition;
  const name = overrides.name ?? options.name ?? overrides.defaultName ?? 'application';
  const contributions = gatherContributions(definition, overrides.providers ?? []);
  const problems = [...contributions.problems];

  const scanned = await scanComponents(overrides.only === undefined ? contributions.scan : []);
  problems.push(...scanned.problems);
  const classes = chooseClasses(contributions, scanned, overrides.only);
  if (classes.functions.length === 0 && overrides.only === undefined && scanned.problems.length === 0) {
    problems.push(new StatefunError('APPLICATION_WITHOUT_FUNCTIONS', `application "${name}" has no function.`));
  }

  const container = new ProviderContainer(contributions.providers);
  const functions = await registerFunctions(classes.functions, container, problems);
  const clock = overrides.clock ?? systemClock;
  const routerOptions: RouterOptions = { isRegistered: (type) => functions.has(type), registeredTypes: () => functions.types(), clock };
  const forwarders = await makeForwarders(classes, container, routerOptions, problems);
  problems.push(...container.problems());
  const ingress = overrides.ingress ?? contributions.ingress;
  const egress = overrides.egress ?? contributions.egress;
  problems.push(...checkIngress(ingress), ...checkEgress(egress));
  if (problems.length > 0) throw invalidApplication(name, problems);

  return {
    name,
    functions,
    router: new Router(forwarders, routerOptions),
    forwarders: forwarders.map((forwarder) => forwarder.name),
    ingress,
    egress,
    subscriptions: options.subscriptions ?? {},
    unmatchedEvents: options.unmatchedEvents ?? 'dead-letter',
    clock,
    engine: options.engine ?? {},
    report: overrides.only === undefined ? scanned.report : nothingScanned,
  };
}

interface ComponentClasses {
  readonly functions: readonly ClassOf[];
  /** Those listed come before those found. */
  readonly forwarders: readonly ClassOf[];
  readonly listedForwarders: number;
}

type ListedClasses = Pick<ComponentClasses, 'functions' | 'forwarders'>;

function chooseClasses(listed: ListedClasses, scanned: ListedClasses, only: readonly ClassOf[] | undefined): ComponentClasses {
  if (only === undefined) {
    return {
      functions: [...new Set([...listed.functions, ...scanned.functions])],
      forwarders: [...new Set([...listed.forwarders, ...scanned.forwarders])],
      listedForwarders: listed.forwarders.length,
    };
  }
  const forwarders = only.filter((component) => componentKind(component) === 'forwarder');
  // A class that is neither is reported as not being a function.
  return { functions: only.filter((component) => !forwarders.includes(component)), forwarders, listedForwarders: forwarders.length };
}

async function registerFunctions(
  classes: readonly ClassOf[],
  container: ProviderContainer,
  problems: StatefunError[],
): Promise<FunctionRegistry> {
  const registry = new FunctionRegistry();
  for (const functionClass of classes) {
    if (!isFunctionClass(functionClass)) {
      problems.push(new StatefunError('NOT_A_FUNCTION_CLASS', `${describe(functionClass)} has no @StatefunFunction.`));
      continue;
    }
    const { definition, problems: mistakes } = readDefinition(functionClass);
    const { create, problems: missing } = await container.prepare(functionClass);
    problems.push(...mistakes, ...missing);
    if (definition === undefined || create === undefined) continue;
    try {
      registry.register(definition, create);
    } catch (thrown) {
      problems.push(failedToMake(`the constructor of class ${functionClass.name}`, thrown));
    }
  }
  return registry;
}

async function makeForwarders(
  { forwarders, listedForwarders }: ComponentClasses,
  container: ProviderContainer,
  routerOptions: RouterOptions,
  problems: StatefunError[],
): Promise<readonly RegisteredForwarder[]> {
  const made: RegisteredForwarder[] = [];
  for (const [index, forwarderClass] of forwarders.entries()) {
    const order = Math.min(index, listedForwarders);
    const registered = await makeForwarder(forwarderClass, order, container, problems);
    if (registered === undefined) continue;
    try {
      // The router knows what it refuses: each forwarder alone, then together with those before it.
      new Router([registered], routerOptions);
      new Router([...made, registered], routerOptions);
      made.push(registered);
    } catch (thrown) {
      problems.push(failedToMake(`forwarder ${registered.name}`, thrown));
    }
  }
  return made.sort(byRouterOrder);
}

/** The order in which the router asks. */
function byRouterOrder(left: RegisteredForwarder, right: RegisteredForwarder): number {
  return left.order - right.order || (left.name < right.name ? -1 : 1);
}

async function makeForwarder(
  forwarderClass: ClassOf,
  order: number,
  container: ProviderContainer,
  problems: StatefunError[],
): Promise<RegisteredForwarder | undefined> {
  const declaration = typeof forwarderClass === 'function' ? readForwarder(forwarderClass) : undefined;
  if (declaration === undefined) {
    problems.push(new StatefunError('NOT_A_FORWARDER_CLASS', `${describe(forwarderClass)} has no @Forwarder.`));
    return undefined;
  }
  const { create, problems: missing } = await container.prepare(forwarderClass);
  problems.push(...missing);
  if (create === undefined) return undefined;
  try {
    // Checked right below for the one method the router always calls.
    const forwarder = create() as EventForwarder;
    if (typeof forwarder.forward !== 'function') {
      problems.push(new StatefunError('FORWARDER_WITHOUT_FORWARD', `forwarder ${declaration.name} has no method forward.`));
      return undefined;
    }
    return { name: declaration.name, eventType: declaration.eventType, order: declaration.order ?? order, forwarder };
  } catch (thrown) {
    problems.push(failedToMake(`the constructor of forwarder ${forwarderClass.name}`, thrown));
    return undefined;
  }
}

function invalidApplication(name: string, problems: readonly StatefunError[]): StatefunError {
  const count = problems.length === 1 ? '1 mistake' : `${problems.length} mistakes`;
  const items = problems.map((problem, index) => `  ${index + 1}. ${problem.message.replaceAll('\n', '\n     ')}`);
  return new StatefunError('APPLICATION_INVALID', [`application "${name}" has ${count}:`, ...items].join('\n'), {
    facts: { application: name, problems },
  });
}
