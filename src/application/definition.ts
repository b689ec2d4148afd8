import type { Egress } from '../egress/egress.ts';
import type { EngineLimits } from '../engine/partition/limits.ts';
import type { UnmatchedEvents } from '../forwarders/routing.ts';
import type { RemoteFunctions } from '../functions/remote/remote-function.ts';
import type { SubscriptionOptions } from '../functions/subscriptions.ts';
import type { Ingress } from '../ingress/ingress.ts';
import type { ClassOf } from '../shared/metadata.ts';
import type { ConfigurationClass } from '../configuration/configuration-class.ts';
import type { FailureAnalyzer } from './failure-analysis/failure-analyzer.ts';
import type { HealthIndicator } from './health/health-indicator.ts';
import type { Provider } from '../injection/provider.ts';
import type { Token } from '../injection/token.ts';

/** What an application and its modules can both contribute. */
export interface ModuleOptions {
  /** For people; messages name it. */
  readonly name?: string;
  /** Modules that this application or module is made of. A module that is reached in several ways counts once. */
  readonly modules?: readonly ModuleDefinition[];
  /** Classes with `@StatefunFunction`. */
  readonly functions?: readonly ClassOf[];
  /** Classes with `@Forwarder`, and what `forwardTo` returns. They are asked in this order; those found by scanning come after them, by class name. */
  readonly forwarders?: readonly ClassOf[];
  /**
   * Folders whose files are imported, at start and recursively, for their decorated classes: `new URL('./functions/', import.meta.url)`.
   * A text is a path, relative to the working directory. Bundlers have no folders: list the classes instead.
   */
  readonly scan?: readonly (URL | string)[];
  /** What constructors of functions, forwarders and other providers can ask for. */
  readonly providers?: readonly Provider[];
  /**
   * Tokens of providers that modules which list this one, and the application, can ask for; the others stay private. A token of a
   * listed module is passed on. @defaultValue everything this module provides, for the whole application
   */
  readonly exports?: readonly Token[];
  /** What the application or module configures itself, made by `configuration(name, schema)`: read, checked, and injected by class. */
  readonly configuration?: readonly ConfigurationClass[];
  /** Functions that other processes serve, in whatever language, made by `remoteFunctions`. */
  readonly remote?: readonly RemoteFunctions[];
  readonly ingress?: readonly Ingress[];
  readonly egress?: readonly Egress[];
  /** Classes that say whether something the application needs is there; a class that nobody provides is a provider of itself. */
  readonly health?: readonly ClassOf<HealthIndicator>[];
  /** Explain failures of the start that only this application or module knows, for example those of a connector of its own. */
  readonly failureAnalyzers?: readonly FailureAnalyzer[];
}

/** How the engine runs an application. */
export interface EngineSettings {
  readonly limits?: Partial<EngineLimits>;
}

export interface ApplicationOptions extends Omit<ModuleOptions, 'exports'> {
  /** Names the state folder, among others. @defaultValue the name in package.json when started by `statefun run`, else `'application'` */
  readonly name?: string;
  /** How subscriptions between functions travel. */
  readonly subscriptions?: SubscriptionOptions;
  /** What becomes of an event that no forwarder accepts: kept as a dead letter, or only counted. @defaultValue `'dead-letter'` */
  readonly unmatchedEvents?: UnmatchedEvents;
  readonly engine?: EngineSettings;
}

const applicationBrand = Symbol.for('statefun.application');
const moduleBrand = Symbol.for('statefun.module');

/** An application as a value: every host builds its own container from it. Made by {@link defineApplication}. */
export interface ApplicationDefinition {
  readonly options: ApplicationOptions;
}

/** What one team contributes to an application. Made by {@link defineModule}. */
export interface ModuleDefinition {
  readonly options: ModuleOptions;
}

/**
 * Describes an application; nothing is started, imported or checked. Export the result: `statefun run`, `statefun play`, the test kit and
 * {@link runApplication} take it from there, and report every mistake at once (APPLICATION_INVALID).
 */
export function defineApplication(options: ApplicationOptions): ApplicationDefinition {
  return branded(applicationBrand, options);
}

/** Describes a module: functions, forwarders, providers, ingress and egress that an application can list under `modules`. */
export function defineModule(options: ModuleOptions): ModuleDefinition {
  return branded(moduleBrand, options);
}

/** Whether a value was made by {@link defineApplication}, also that of another copy of this package. */
export function isApplicationDefinition(value: unknown): value is ApplicationDefinition {
  return hasBrand(value, applicationBrand);
}

export function isModuleDefinition(value: unknown): value is ModuleDefinition {
  return hasBrand(value, moduleBrand);
}

function branded<T>(brand: symbol, options: T): { readonly options: T } {
  return Object.freeze(Object.defineProperty({ options }, brand, { value: true }));
}

function hasBrand(value: unknown, brand: symbol): boolean {
  return typeof value === 'object' && value !== null && (value as Readonly<Record<symbol, unknown>>)[brand] === true;
}
