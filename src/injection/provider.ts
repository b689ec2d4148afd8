import { describe, isError, StatefunError, toError } from '../shared/errors.ts';
import type { ClassOf } from '../shared/metadata.ts';
import { listenersOf } from './application-events.ts';
import { checkDecorators } from './check-decorators.ts';
import { checkCondition, conditionsOf, type Condition } from './conditions.ts';
import { readDependencies, type Dependency } from './dependencies.ts';
import { checkShortLived } from './lifecycle.ts';
import { variantsFor } from './made-for-asker.ts';
import type { ModuleScope } from './module-scope.ts';
import { tokenName, type Token } from './token.ts';

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

/** The result of reading a provider. */
interface ReadProvider {
  readonly provider?: RegisteredProvider;
  readonly problems: readonly StatefunError[];
}

const scopes: readonly unknown[] = ['singleton', 'transient', 'address'] satisfies readonly ProviderScope[];

/** Returns a replacement for a provider that could not be read, or undefined when its token is unknown. */
export function unusableProvider(given: unknown): RegisteredProvider | undefined {
  const { provide: token, named } = (typeof given === 'function' ? { provide: given } : Object(given)) as Partial<ClassProvider>;
  if (!isToken(token)) return undefined;
  const nothingMade = { dependencies: [], make: () => undefined, made: false, conditions: [], owner: undefined };
  return { token, named, scope: 'singleton', name: tokenName(token, named), ...nothingMade, unusable: true };
}

/** Reads a provider and returns its problems. `where` names its declaration. */
export function readProvider(provider: unknown, where: string): ReadProvider {
  if (typeof provider === 'function') return readClass({ provide: provider as ClassOf, useClass: provider as ClassOf });
  if (typeof provider !== 'object' || provider === null)
    return { problems: [invalid(`${describe(provider)} is not a provider (${where}).`)] };

  // Checked field by field: a program without types can pass any value.
  const given = provider as Partial<ClassProvider & ValueProvider & FactoryProvider>;
  if (!isToken(given.provide)) return { problems: [invalid(`a provider (${where}) has ${describe(given.provide)} as its token.`)] };
  const name = tokenName(given.provide, given.named);
  const ways = (['useClass', 'useValue', 'useFactory'] as const).filter((key) => key in given);
  if (ways.length !== 1) {
    return {
      problems: [
        invalid(`the provider of ${name} (${where}) has ${ways.length === 0 ? 'no value, class or factory' : ways.join(' and ')}.`),
      ],
    };
  }
  if (given.scope !== undefined && !scopes.includes(given.scope)) {
    const known = scopes.join(', ');
    return { problems: [invalid(`the provider of ${name} (${where}) has the scope ${describe(given.scope)}; there are ${known}.`)] };
  }
  const unusable = given.when === undefined ? [] : checkCondition(given.when, `the provider of ${name} (${where})`);
  if (unusable.length > 0) return { problems: unusable };
  if (ways[0] === 'useValue') return readValue(given as ValueProvider, name);
  const made = ways[0] === 'useClass' ? given.useClass : given.useFactory;
  if (typeof made !== 'function')
    return { problems: [invalid(`${String(ways[0])} of the provider of ${name} (${where}) is ${describe(made)}.`)] };
  return ways[0] === 'useClass' ? readClass(given as ClassProvider) : readFactory(given as FactoryProvider, name);
}

/** Creates an instance of a class from its dependencies: constructor parameters first, then properties. */
export function construct(madeClass: ClassOf, dependencies: readonly Dependency[], given: readonly unknown[]): object {
  const values = variantsFor(madeClass, given);
  const parameterCount = dependencies.findIndex(({ property }) => property !== undefined);
  // Safe: a provided class is not abstract, and its parameters match its dependencies.
  const concrete = madeClass as new (...parameters: readonly unknown[]) => object;
  if (parameterCount === -1) return new concrete(...values);
  const instance = new concrete(...values.slice(0, parameterCount));
  for (const [offset, { property }] of dependencies.slice(parameterCount).entries()) {
    if (property !== undefined) Reflect.set(instance, property, values[parameterCount + offset]);
  }
  return instance;
}

/** Returns the error for a constructor or factory that threw. Errors of this framework stay as they are. */
export function failedToMake(what: string, thrown: unknown): StatefunError {
  if (StatefunError.is(thrown)) return thrown;
  const text = isError(thrown) ? toError(thrown).message : describe(thrown);
  return new StatefunError('PROVIDER_FAILED', `${what} threw: ${text}`, { facts: { what }, cause: thrown });
}

function readClass(given: ClassProvider): ReadProvider {
  const { provide: token, named, scope = 'singleton' } = given;
  // Instances of classes are objects, whatever the token says.
  const madeClass = given.useClass as ClassOf;
  const { dependencies, problems: unreadable } = readDependencies(madeClass);
  const className = madeClass.name;
  const name = token === madeClass && named === undefined ? className : `${tokenName(token, named)} (class ${className})`;
  const conditions = [...conditionsOf(madeClass), ...whenOf(given)];
  const problems = [
    ...unreadable,
    ...checkDecorators(madeClass),
    ...conditions.flatMap((condition) => checkCondition(condition, `class ${className}`)),
    ...(scope === 'singleton' ? [] : checkScopedClass(madeClass, scope)),
  ];
  const make = (values: readonly unknown[]): unknown =>
    madeOrFailed(`the constructor of class ${className}`, () => construct(madeClass, dependencies, values));
  if (problems.length > 0) return { problems };
  return { provider: { token, named, scope, name, dependencies, make, made: true, conditions, owner: undefined }, problems };
}

function checkScopedClass(madeClass: ClassOf, scope: ProviderScope): readonly StatefunError[] {
  const what = `its instances are ${scope === 'transient' ? 'transient' : 'made for each instance of a function'}`;
  return [...checkShortLived(madeClass, what), ...checkNoListeners(madeClass, what)];
}

/** Reports `@OnApplicationEvent` in a class whose instances are not kept. */
export function checkNoListeners(madeClass: ClassOf, what: string): readonly StatefunError[] {
  return listenersOf(madeClass).map(({ event, method }) => {
    const summary = `nothing would call @OnApplicationEvent('${event}') ${madeClass.name}.${method}: ${what}.`;
    return new StatefunError('LIFECYCLE_NOT_CALLED', summary, { facts: { className: madeClass.name } });
  });
}

function readValue(given: ValueProvider, name: string): ReadProvider {
  const { provide: token, named, useValue } = given;
  const make = (): unknown => useValue;
  const conditions = whenOf(given);
  return {
    provider: { token, named, scope: 'singleton', name, dependencies: [], make, made: false, conditions, owner: undefined },
    problems: [],
  };
}

function readFactory(given: FactoryProvider, name: string): ReadProvider {
  const { provide: token, named, useFactory, inject = [], scope = 'singleton' } = given;
  const unusable = inject.findIndex((item) => !isToken(item));
  if (unusable !== -1) return { problems: [invalid(`inject[${unusable}] of the provider of ${name} is ${describe(inject[unusable])}.`)] };
  const dependencies = inject.map((dependency, index): Dependency => ({
    token: dependency,
    named: undefined,
    optional: false,
    property: undefined,
    place: `inject[${index}]`,
  }));
  // Safe: the author of the provider guarantees that `inject` matches the parameters of the factory.
  const factory = useFactory as (...values: readonly unknown[]) => unknown;
  const make = (values: readonly unknown[]): unknown =>
    madeOrFailed(`the factory of ${name}`, () => factory(...variantsFor(undefined, values)));
  return {
    provider: { token, named, scope, name, dependencies, make, made: true, conditions: whenOf(given), owner: undefined },
    problems: [],
  };
}

function whenOf({ when }: Provides<unknown>): readonly Condition[] {
  return when === undefined ? [] : [when];
}

/** Calls a constructor or factory. Failures, also of its promise, become PROVIDER_FAILED. */
function madeOrFailed(what: string, make: () => unknown): unknown {
  try {
    const made = make();
    return made instanceof Promise ? made.catch((thrown: unknown) => Promise.reject(failedToMake(what, thrown))) : made;
  } catch (thrown) {
    throw failedToMake(what, thrown);
  }
}

function isToken(value: unknown): value is Token {
  return typeof value === 'function' || typeof value === 'symbol' || (typeof value === 'string' && value !== '');
}

function invalid(text: string): StatefunError {
  return new StatefunError('PROVIDER_INVALID', text);
}
