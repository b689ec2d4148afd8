import type { ClassOf } from '../shared/metadata.ts';
import type { Condition } from './conditions.ts';
import type { Dependency } from './dependencies.ts';
import type { ModuleScope } from './module-scope.ts';
import type { Token } from './token.ts';

/**
 * Number of instances: `singleton` is one for the application, `transient` is a new one for each injection, `address` is one per instance of a
 * function, shared by all dependencies of that instance.
 *
 * Every attempt has its own instance of the function, and instances created for it end with it. Data that must last belongs in state.
 */
export type ProviderScope = 'singleton' | 'transient' | 'address';

interface Provides<T> {
  /** Token that constructors inject: a class, or a symbol or text for an interface. */
  readonly provide: Token<T>;
  /** Distinguishes providers of one token. Injected with `@named(name)`. */
  readonly named?: string;
  /** Condition of the provider, in addition to `@Conditional` of its class. @defaultValue always active */
  readonly when?: Condition;
}

/** A provider that creates an instance of a class. */
export interface ClassProvider<T = unknown> extends Provides<T> {
  readonly useClass: ClassOf<T>;
  /** @defaultValue `'singleton'` */
  readonly scope?: ProviderScope;
}

/** A provider of a value that exists already. */
export interface ValueProvider<T = unknown> extends Provides<T> {
  readonly useValue: T;
}

/** A provider that calls a function for its value. */
export interface FactoryProvider<T = unknown> extends Provides<T> {
  /** Creates the value from the dependencies in `inject`. For a singleton it may return a promise, which the start of the application awaits. */
  readonly useFactory: (...dependencies: never[]) => T | Promise<T>;
  readonly inject?: readonly Token[];
  /** @defaultValue `'singleton'` */
  readonly scope?: ProviderScope;
}

/** Provides a token for injection. A class alone provides itself, as a singleton. */
export type Provider<T = unknown> = ClassOf | ClassProvider<T> | ValueProvider<T> | FactoryProvider<T>;

/** A provider that was read, with everything needed to create its value. */
export interface RegisteredProvider {
  readonly token: Token;
  readonly named: string | undefined;
  readonly scope: ProviderScope;
  /** Name for messages, such as `PriceRounding` or `Symbol(clock) (class SystemClock)`. */
  readonly name: string;
  readonly dependencies: readonly Dependency[];
  readonly make: (dependencies: readonly unknown[]) => unknown;
  /** Whether the application creates the value, and so calls its hooks. It does not call hooks of given values. */
  readonly made: boolean;
  readonly conditions: readonly Condition[];
  /** Module that lists it. Undefined for the application and its host. */
  readonly owner: ModuleScope | undefined;
  /** The provider could not be read, which is reported elsewhere. Its token counts as provided, but nothing is created. */
  readonly unusable?: true;
}
