import { LazyServiceIdentifier } from 'inversify';
import type { StatefunError } from '../shared/errors.ts';
import { readOwnMetadata, type ClassOf } from '../shared/metadata.ts';
import { constructorSource } from './constructor-source.ts';
import { namedTwice, tooFewTokens, undefinedToken, untyped, withoutInject, type Reader } from './dependency-problems.ts';
import { isInjectableType, ownInjections, parameterTypesKey, type Injection } from './recorded-injections.ts';
import type { Token } from './token.ts';

/** One dependency of a constructor, a property or a factory. */
export interface Dependency {
  readonly token: Token;
  readonly named: string | undefined;
  /** Whether it is `undefined` when nothing provides it. */
  readonly optional: boolean;
  /** Property that receives it. Undefined for a parameter. */
  readonly property: string | symbol | undefined;
  /** Place for messages, such as `parameter 0 (rounding)`. */
  readonly place: string;
}

interface Dependencies {
  /** Parameters in order, then properties. With problems, only those that could be read. */
  readonly dependencies: readonly Dependency[];
  readonly problems: readonly StatefunError[];
}

/** Token of an unmanaged parameter. Nothing provides it. */
const nothing = Symbol('nothing');

/**
 * Reads the dependencies of a class.
 *
 * INJECTION-D1. Parameters belong to the class whose constructor runs: the class itself, else the nearest base class that has one. They are
 *     named by `static inject = [token, …]` of that class or of a class between, else by `@inject` and friends and the emitted types.
 * INJECTION-D2. Properties with `@inject` are needed, those of base classes included, however the constructor is written.
 * INJECTION-D3. Every parameter without a default value has a token, or there is a problem.
 */
export function readDependencies(madeClass: ClassOf): Dependencies {
  const owner = constructorOwner(madeClass);
  const declaring = lineage(madeClass, owner).find((candidate) => ownTokens(candidate) !== undefined);
  const parameters =
    declaring !== undefined
      ? readDeclared(readerOf(madeClass, declaring), ownTokens(declaring) ?? [], owner)
      : owner === undefined
        ? { dependencies: [], problems: [] }
        : readRecorded(readerOf(madeClass, owner));
  const properties = readProperties(madeClass);
  return {
    dependencies: [...parameters.dependencies, ...properties.dependencies],
    problems: [...parameters.problems, ...properties.problems],
  };
}

/** Returns the class whose constructor has the parameters; undefined when no constructor has parameters. */
function constructorOwner(madeClass: ClassOf): ClassOf | undefined {
  return lineage(madeClass, undefined).find((candidate) => {
    if (candidate.length > 0 || ownInjections(candidate).parameters.some((injection) => injection !== undefined)) return true;
    const source = constructorSource(candidate);
    return source !== undefined && !source.passesOn;
  });
}

/** Returns the class and its base classes, up to the given one. */
function lineage(madeClass: ClassOf, last: ClassOf | undefined): readonly ClassOf[] {
  const classes: ClassOf[] = [];
  for (let at: unknown = madeClass; isClass(at); at = Object.getPrototypeOf(at)) {
    classes.push(at);
    if (at === last) break;
  }
  return classes;
}

function ownTokens(madeClass: ClassOf): readonly unknown[] | undefined {
  const tokens = Object.hasOwn(madeClass, 'inject') ? (madeClass as { readonly inject?: unknown }).inject : undefined;
  return Array.isArray(tokens) ? tokens : undefined;
}

function readDeclared(reader: Reader, tokens: readonly unknown[], owner: ClassOf | undefined): Dependencies {
  const missing = tokens.findIndex((token) => token === undefined || token === null);
  if (missing !== -1) return failed(undefinedToken(reader, `static inject[${missing}]`));
  const places = placesOf(owner ?? reader.read);
  if (owner !== undefined && tokens.length < owner.length) return failed(tooFewTokens(reader, tokens.length, places(tokens.length)));
  const twice = ownInjections(reader.read).parameters.findIndex((injection, index) => contradicts(injection, tokens[index]));
  if (twice !== -1) return failed(namedTwice(reader, places(twice)));
  // Any other invalid token is reported as missing, with its name.
  return { dependencies: (tokens as readonly Token[]).map((token, index) => parameter(token, places(index))), problems: [] };
}

function contradicts(injection: Injection | undefined, token: unknown): boolean {
  if (injection === undefined || injection.kind === 'unmanaged') return false;
  return injection.named !== undefined || injection.optional || unwrap(injection.token) !== token;
}

function readRecorded(reader: Reader): Dependencies {
  const { read } = reader;
  const { parameters } = ownInjections(read);
  const types = readOwnMetadata<readonly unknown[]>(read, parameterTypesKey);
  const places = placesOf(read);
  const dependencies: Dependency[] = [];
  const problems: StatefunError[] = [];
  const unknown: number[] = [];
  const count = Math.max(read.length, parameters.length, types?.length ?? 0);
  for (let index = 0; index < count; index += 1) {
    const injection = parameters[index];
    const type = types?.[index];
    const token = injection?.kind === 'token' ? unwrap(injection.token) : type;
    const place = places(index);
    // A parameter after the last one without a default keeps its default when it has no token.
    const leftAlone = injection?.kind === 'unmanaged' || (injection === undefined && index >= read.length && !isInjectableType(type));
    if (leftAlone) dependencies.push({ ...parameter(nothing, place), optional: true });
    else if (injection?.kind === 'token' ? token !== undefined && token !== null : isInjectableType(type))
      dependencies.push({ ...parameter(token as Token, place), named: injection?.named, optional: injection?.optional ?? false });
    else if (injection?.kind === 'token' || (types !== undefined && index < types.length && type === undefined))
      problems.push(undefinedToken(reader, place));
    else unknown.push(index);
  }
  if (unknown.length > 0) problems.push(untyped(reader, unknown, places, types));
  while (dependencies.at(-1)?.token === nothing) dependencies.pop();
  return { dependencies, problems };
}

/** Returns the injected properties, those of base classes first. A class that decorates a property again replaces its token. */
function readProperties(madeClass: ClassOf): Dependencies {
  const problems: StatefunError[] = [];
  const dependencies = new Map<string | symbol, Dependency>();
  for (const read of [...lineage(madeClass, undefined)].reverse()) {
    for (const [property, injection] of ownInjections(read).properties) {
      const place = `property ${String(property)}`;
      if (injection.kind === 'unmanaged') continue;
      const token = injection.kind === 'token' ? unwrap(injection.token) : undefined;
      if (injection.kind === 'unknown') problems.push(withoutInject(readerOf(madeClass, read), place));
      else if (token === undefined || token === null) problems.push(undefinedToken(readerOf(madeClass, read), place));
      else dependencies.set(property, { token: token as Token, named: injection.named, optional: injection.optional, property, place });
    }
  }
  return { dependencies: [...dependencies.values()], problems };
}

/** Resolves a lazy identifier, which names a class that is declared later in the same file. */
function unwrap(token: unknown): unknown {
  return LazyServiceIdentifier.is(token) ? token.unwrap() : token;
}

function readerOf(made: ClassOf, read: ClassOf): Reader {
  return { made, read };
}

function failed(problem: StatefunError): Dependencies {
  return { dependencies: [], problems: [problem] };
}

function parameter(token: Token, place: string): Dependency {
  return { token, named: undefined, optional: false, property: undefined, place };
}

/** Names parameters from the source of the constructor. Only messages use the names, so unreadable sources do no harm. */
function placesOf(madeClass: ClassOf): (index: number) => string {
  const names = constructorSource(madeClass)?.parameters ?? [];
  return (index) => (names[index] === undefined ? `parameter ${index}` : `parameter ${index} (${names[index]})`);
}

function isClass(value: unknown): value is ClassOf {
  return typeof value === 'function' && value !== Function.prototype;
}
