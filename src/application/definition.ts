import type { Egress } from '../egress/egress.ts';
import type { EngineLimitOptions } from '../configuration/engine-settings.ts';
import type { UnmatchedEvents } from '../forwarders/routing.ts';
import type { RemoteFunctions } from '../functions/remote/remote-function.ts';
import type { SubscriptionOptions } from '../functions/subscriptions.ts';
import type { Ingress } from '../ingress/ingress.ts';
import type { ClassOf } from '../shared/metadata.ts';
import type { ConfigurationClass } from '../configuration/configuration-class.ts';
import type { CheckpointOptions } from './checkpoints/checkpoint-options.ts';
import type { FailureAnalyzer } from './failure-analysis/failure-analyzer.ts';
import type { HealthIndicator } from './health/health-indicator.ts';
import type { Provider } from '../injection/provider.ts';
import type { Token } from '../injection/token.ts';

/** Options of {@link defineModule}. Most of them are options of an application, too. */
export interface ModuleOptions {
  /** The name of the module in messages. */
  readonly name?: string;
  /** Modules that this application or module consists of. A module that is listed several times counts once. */
  readonly modules?: readonly ModuleDefinition[];
  /** Classes with `@StatefunFunction`. */
  readonly functions?: readonly ClassOf[];
  /**
   * Classes with `@Forwarder`, and values of `forwardTo`. The router calls them in this order, and after them those found by scanning, by class
   * name.
   */
  readonly forwarders?: readonly ClassOf[];
  /**
   * Folders that are searched for decorated classes, recursively, at start: `new URL('./functions/', import.meta.url)`. Their files are
   * imported. A string is a path relative to the working directory. List the classes instead if a bundler packs them into one file.
   */
  readonly scan?: readonly (URL | string)[];
  /** Providers of constructor dependencies of functions, forwarders and other providers. */
  readonly providers?: readonly Provider[];
  /**
   * Tokens of providers that the application and modules that list this one can inject; the other providers stay private. A token of a listed
   * module is exported again. @defaultValue everything that this module provides, for the whole application
   */
  readonly exports?: readonly Token[];
  /** Configurations made by `configuration(name, schema)`. They are read and checked at start, and injected by class. */
  readonly configuration?: readonly ConfigurationClass[];
  /** Functions that other processes serve, in any language, made by `remoteFunctions`. */
  readonly remote?: readonly RemoteFunctions[];
  readonly ingress?: readonly Ingress[];
  readonly egress?: readonly Egress[];
  /** Classes of health indicators. A class without a provider is created by the container. */
  readonly health?: readonly ClassOf<HealthIndicator>[];
  /** Analyzers that explain failures of the start specific to this application or module, for example of its own connectors. */
  readonly failureAnalyzers?: readonly FailureAnalyzer[];
}

/** Settings of the embedded engine. */
export interface EngineSettings {
  readonly limits?: EngineLimitOptions;
}

/** What makes an application: the options of `defineApplication`. */
export interface ApplicationOptions extends Omit<ModuleOptions, 'exports'> {
  /** The name of the application, also used for its state folder. @defaultValue the name in package.json with `statefun run`, else `'application'` */
  readonly name?: string;
  /** Event types and source of subscriptions between functions. */
  readonly subscriptions?: SubscriptionOptions;
  /** Whether an event that no forwarder accepts becomes a dead letter or is only counted. @defaultValue `'dead-letter'` */
  readonly unmatchedEvents?: UnmatchedEvents;
  readonly engine?: EngineSettings;
  /** Where and how often the state is copied, for losing a disk. @defaultValue the settings below `checkpoints`, else no copies */
  readonly checkpoints?: CheckpointOptions;
}

const applicationBrand = Symbol.for('statefun.application');
const moduleBrand = Symbol.for('statefun.module');

/** An application as a value: every host builds its own container from it. Made by {@link defineApplication}. */
export interface ApplicationDefinition {
  readonly options: ApplicationOptions;
}

/** A part of an application that one team contributes, as a value. Made by {@link defineModule}. */
export interface ModuleDefinition {
  readonly options: ModuleOptions;
}

/**
 * Describes an application. It starts, imports and checks nothing. Export the result: `statefun run`, `statefun play`, the test kit and
 * {@link runApplication} check it and report every mistake at once (APPLICATION_INVALID).
 */
export function defineApplication(options: ApplicationOptions): ApplicationDefinition {
  return branded(applicationBrand, options);
}

/** Describes a module: functions, forwarders, providers, ingress and egress that an application can list under `modules`. */
export function defineModule(options: ModuleOptions): ModuleDefinition {
  return branded(moduleBrand, options);
}

/** Whether a value was made by {@link defineApplication}, of this or another copy of the package. */
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
