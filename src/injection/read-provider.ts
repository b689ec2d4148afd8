import { describe, StatefunError } from '../shared/errors.ts';
import type { ClassOf } from '../shared/metadata.ts';
import { checkNoListeners } from './application-events.ts';
import { checkDecorators } from './check-decorators.ts';
import { checkCondition, conditionsOf, type Condition } from './conditions.ts';
import { construct, madeOrFailed } from './construct.ts';
import { readDependencies, type Dependency } from './dependencies.ts';
import { checkShortLived } from './lifecycle.ts';
import { variantsFor } from './made-for-asker.ts';
import type { ClassProvider, FactoryProvider, ProviderScope, RegisteredProvider, ValueProvider } from './provider.ts';
import { tokenName, type Token } from './token.ts';

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
  if (ways[0] === 'useValue') {
    return given.useValue === undefined ? { problems: [valueMissing(name, where)] } : readValue(given as ValueProvider, name);
  }
  const made = ways[0] === 'useClass' ? given.useClass : given.useFactory;
  if (typeof made !== 'function')
    return { problems: [invalid(`${String(ways[0])} of the provider of ${name} (${where}) is ${describe(made)}.`)] };
  return ways[0] === 'useClass' ? readClass(given as ClassProvider) : readFactory(given as FactoryProvider, name);
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

function whenOf({ when }: { readonly when?: Condition }): readonly Condition[] {
  return when === undefined ? [] : [when];
}

function isToken(value: unknown): value is Token {
  return typeof value === 'function' || typeof value === 'symbol' || (typeof value === 'string' && value !== '');
}

function invalid(text: string): StatefunError {
  return new StatefunError('PROVIDER_INVALID', text);
}

function valueMissing(name: string, where: string): StatefunError {
  const hint = 'Give it a value, null for none, or remove the provider: without one, @optional() injects undefined.';
  return new StatefunError('PROVIDER_INVALID', `useValue of the provider of ${name} (${where}) is undefined.`, { hint });
}
