import { readForwarder } from '../forwarders/forwarder-decorator.ts';
import { isFunctionClass } from '../functions/function-definition.ts';
import { describe, StatefunError } from '../shared/errors.ts';
import type { ClassOf } from '../shared/metadata.ts';
import { isMarkedInjectable } from './recorded-injections.ts';

/** The created class, and the class whose constructor or property is read: itself or a base. */
export interface Reader {
  readonly made: ClassOf;
  readonly read: ClassOf;
}

/** Reports constructor parameters without usable types: none were emitted, or they are not classes. */
export function untyped(
  reader: Reader,
  indexes: readonly number[],
  places: (index: number) => string,
  types: readonly unknown[] | undefined,
): StatefunError {
  const named = indexes.map(places).join(', ');
  const facts = { className: reader.read.name, parameters: indexes };
  if (types !== undefined) {
    const emitted = indexes.map((index) => types[index]);
    const summary = `${subjectOf(reader)}: the type of ${named} is no class (${emitted.map(describeType).join(', ')}), so it cannot say what to inject.`;
    return new StatefunError('METADATA_MISSING', summary, { facts: { ...facts, erased: true }, hint: erasedHint(emitted) });
  }
  if (isDecorated(reader.read)) {
    const summary = `${subjectOf(reader)} needs ${named}, but the compiler emitted no parameter types for it.`;
    return new StatefunError('METADATA_MISSING', summary, { facts });
  }
  const inherited = Object.hasOwn(reader.read, 'inject') ? undefined : (reader.read as { readonly inject?: unknown }).inject;
  return new StatefunError(
    'METADATA_MISSING',
    `${subjectOf(reader)} needs ${named}, but has no decorator, and types are emitted only for classes that have one.`,
    {
      facts,
      hint: Array.isArray(inherited)
        ? `The static inject of its base class is for the constructor of that class: give ${reader.read.name} its own.`
        : `Put @injectable() on class ${reader.read.name}, or name the tokens: static inject = [token, …].`,
    },
  );
}

/** Reports a token that is undefined when it is read. */
export function undefinedToken(reader: Reader, place: string): StatefunError {
  return new StatefunError('METADATA_MISSING', `${subjectOf(reader)}: the token of ${place} is undefined.`, {
    facts: { className: reader.read.name, erased: true },
    hint: 'Two files that import each other can see undefined: move the token into a separate file. A parameter without a type needs @inject(token).',
  });
}

export function tooFewTokens(reader: Reader, count: number, place: string): StatefunError {
  const summary = `${subjectOf(reader)}: static inject names ${count} of its parameters, and ${place} is not among them.`;
  return new StatefunError('METADATA_MISSING', summary, {
    facts: { className: reader.read.name },
    hint: 'static inject = [token, …] names every parameter in order; only those with a default value can be left out.',
  });
}

export function namedTwice(reader: Reader, place: string): StatefunError {
  const summary = `${subjectOf(reader)} declares ${place} twice: in static inject, and with a decorator that says something else.`;
  return new StatefunError('METADATA_MISSING', summary, {
    facts: { className: reader.read.name },
    hint: 'Keep one of the two. @named and @optional belong beside @inject(token) or a type, never beside static inject.',
  });
}

export function withoutInject(reader: Reader, place: string): StatefunError {
  const summary = `${subjectOf(reader)}: ${place} has @named or @optional, but nothing says what it is.`;
  return new StatefunError('METADATA_MISSING', summary, {
    facts: { className: reader.read.name },
    hint: 'Put @inject(token) beside it: types of properties are not read.',
  });
}

function erasedHint(types: readonly unknown[]): string {
  if (types.includes(Function)) {
    return 'A class that is imported with import type is gone at run time: import it without type. Of a function type, name a token with @inject(token).';
  }
  return types.every((type) => type === Object)
    ? 'Interfaces, plain types and classes imported with import type are gone at run time: import the class without type, or name a token with @inject(token), or static inject = [token, …] for all parameters.'
    : 'Interfaces and plain types are gone at run time: name a token with @inject(token), or static inject = [token, …] for all parameters.';
}

function subjectOf({ made, read }: Reader): string {
  return made === read ? `class ${made.name}` : `class ${read.name}, base of ${made.name},`;
}

/** Returns whether the class itself has a decorator. A compiler that emits types would then have emitted those of its constructor. */
function isDecorated(madeClass: ClassOf): boolean {
  return isMarkedInjectable(madeClass) || isFunctionClass(madeClass) || readForwarder(madeClass) !== undefined;
}

function describeType(type: unknown): string {
  return typeof type === 'function' ? type.name : describe(type);
}
