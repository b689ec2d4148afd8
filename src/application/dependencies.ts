import { ClassElementMetadataKind, getClassMetadata, injectable, type ClassElementMetadata, type ClassMetadata } from '@inversifyjs/core';
import { LazyServiceIdentifier } from 'inversify';
import { describe, StatefunError } from '../shared/errors.ts';
import { readOwnMetadata, type ClassOf } from '../shared/metadata.ts';
import type { Token } from './token.ts';

/** One thing a constructor, a property or a factory needs. */
export interface Dependency {
  readonly token: Token;
  readonly named: string | undefined;
  /** Left `undefined` when nothing provides it. */
  readonly optional: boolean;
  /** The property it is assigned to; undefined for a parameter. */
  readonly property: string | symbol | undefined;
  /** For messages: `parameter 0 (rounding)`. */
  readonly place: string;
}

interface Dependencies {
  /** Parameters in their order, then properties. */
  readonly dependencies: readonly Dependency[];
  readonly problems: readonly StatefunError[];
}

/** Where TypeScript and SWC leave the types of a constructor's parameters. */
const parameterTypesKey = 'design:paramtypes';
/** Where inversify leaves what @inject and friends recorded; read only to say which parameters lack a token. */
const inversifyMetadataKey = '@inversifyjs/core/classMetadataReflectKey';

/** The token of a parameter that is left alone; nobody can provide it. */
const nothing = Symbol('nothing');

/**
 * What a class needs: `static inject = [token, …]` if it has it, else what `@inject` and friends and the emitted types say.
 * A class without a constructor of its own needs what its base class needs.
 */
export function readDependencies(madeClass: ClassOf): Dependencies {
  const declared = (madeClass as { readonly inject?: unknown }).inject;
  if (Array.isArray(declared)) return readDeclared(madeClass, declared);
  const base: unknown = Object.getPrototypeOf(madeClass);
  if (isBaseClass(base) && inheritsConstructor(madeClass)) return readDependencies(base);
  return readRecorded(madeClass);
}

function readDeclared(madeClass: ClassOf, tokens: readonly unknown[]): Dependencies {
  const names = parameterNames(madeClass);
  const missing = tokens.findIndex((token) => token === undefined || token === null);
  if (missing !== -1) return { dependencies: [], problems: [undefinedToken(madeClass, `static inject[${missing}]`)] };
  // Anything else that is no token is reported as missing, by its name.
  const dependencies = (tokens as readonly Token[]).map((token, index) => parameter(token, index, names[index]));
  return { dependencies, problems: [] };
}

function readRecorded(madeClass: ClassOf): Dependencies {
  const metadata = inversifyMetadata(madeClass);
  if (StatefunError.is(metadata)) return { dependencies: [], problems: [metadata] };
  const names = parameterNames(madeClass);
  const problems: StatefunError[] = [];
  const dependencies: Dependency[] = [];
  const add = (element: ClassElementMetadata, place: string, property: string | symbol | undefined): void => {
    if (element.kind === ClassElementMetadataKind.unmanaged) {
      dependencies.push({ token: nothing, named: undefined, optional: true, property, place });
      return;
    }
    // A lazy identifier postpones naming a class that is declared later in the same file; by now it is declared.
    const token: unknown = LazyServiceIdentifier.is(element.value) ? element.value.unwrap() : element.value;
    const named = element.name === undefined ? undefined : String(element.name);
    if (token === undefined || token === null) problems.push(undefinedToken(madeClass, place));
    else dependencies.push({ token: token as Token, named, optional: element.optional, property, place });
  };
  metadata.constructorArguments.forEach((element, index) => add(element, placeOf(index, names[index]), undefined));
  for (const [property, element] of metadata.properties) add(element, `property ${String(property)}`, property);
  return { dependencies, problems };
}

function inversifyMetadata(madeClass: ClassOf): ClassMetadata | StatefunError {
  try {
    // Decorated functions and forwarders need no @injectable of their own: this is it. A class that has it refuses a second one.
    injectable()(madeClass);
  } catch {
    // It has been applied before.
  }
  try {
    // Inversify describes classes as newable, ours may be typed as abstract; nothing is constructed here.
    return getClassMetadata(madeClass as unknown as Parameters<typeof getClassMetadata>[0]);
  } catch (cause) {
    return missingMetadata(madeClass, cause);
  }
}

function missingMetadata(madeClass: ClassOf, cause: unknown): StatefunError {
  const types = readOwnMetadata<readonly unknown[]>(madeClass, parameterTypesKey);
  const recorded = readOwnMetadata<ClassMetadata>(madeClass, inversifyMetadataKey)?.constructorArguments ?? [];
  const names = parameterNames(madeClass);
  const count = Math.max(madeClass.length, recorded.length);
  const unknownIndexes = Array.from({ length: count }, (_, index) => index).filter((index) => recorded[index] === undefined);
  const places = unknownIndexes.map((index) => placeOf(index, names[index])).join(', ');
  const facts = { className: madeClass.name, parameters: unknownIndexes };
  if (types === undefined) {
    const summary = `class ${madeClass.name} needs ${places || 'parameters'}, but the compiler emitted no parameter types for it.`;
    return new StatefunError('METADATA_MISSING', summary, { facts, cause });
  }
  const emitted = unknownIndexes.map((index) => describeType(types[index])).join(', ');
  return new StatefunError(
    'METADATA_MISSING',
    `class ${madeClass.name}: the type of ${places} is no class (${emitted}), so it cannot say what to inject.`,
    {
      facts,
      cause,
      hint: 'Interfaces and plain types are gone at run time: name a token with @inject(token), or static inject = [token, …] for all parameters.',
    },
  );
}

function undefinedToken(madeClass: ClassOf, place: string): StatefunError {
  return new StatefunError('METADATA_MISSING', `class ${madeClass.name}: the token of ${place} is undefined.`, {
    facts: { className: madeClass.name },
    hint: 'Two files that import each other see undefined: move the token into a file of its own.',
  });
}

function parameter(token: Token, index: number, name: string | undefined): Dependency {
  return { token, named: undefined, optional: false, property: undefined, place: placeOf(index, name) };
}

function placeOf(index: number, name: string | undefined): string {
  return name === undefined ? `parameter ${index}` : `parameter ${index} (${name})`;
}

/** Names of the constructor's parameters as its source has them; for messages only, so a source it cannot read costs nothing. */
function parameterNames(madeClass: ClassOf): readonly (string | undefined)[] {
  const list = /\bconstructor\s*\(([^()]*)\)/.exec(String(madeClass))?.[1] ?? '';
  return list.split(',').map((text) => /^[\s.]*([\w$]+)/.exec(text)?.[1]);
}

function inheritsConstructor(madeClass: ClassOf): boolean {
  return (
    readOwnMetadata(madeClass, parameterTypesKey) === undefined &&
    readOwnMetadata(madeClass, inversifyMetadataKey) === undefined &&
    !/\bconstructor\s*\(/.test(String(madeClass))
  );
}

function isBaseClass(value: unknown): value is ClassOf {
  return typeof value === 'function' && value !== Function.prototype;
}

function describeType(type: unknown): string {
  return typeof type === 'function' ? type.name : describe(type);
}
