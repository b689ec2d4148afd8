import { isAbsolute, relative } from 'node:path';
import type { ErrorCode } from '../../shared/error-registry.ts';
import { StatefunError } from '../../shared/errors.ts';
import type { FailureAnalyzer, FailureContext, FailureDescription } from './failure-analyzer.ts';

/** The explanation of an error of the framework. Missing properties are taken from the error. */
export type Explanation = Partial<Pick<FailureDescription, 'what' | 'where' | 'action' | 'causes'>>;
export type Explain = (error: StatefunError, context: FailureContext) => Explanation;

/** Creates an analyzer that explains errors of the framework by code. */
export function explaining(explanations: Readonly<Partial<Record<ErrorCode, Explain>>>): FailureAnalyzer {
  return {
    analyze(error, context) {
      if (!StatefunError.is(error)) return undefined;
      const explain = explanations[error.code];
      return explain && { ...describeError(error, context), ...explain(error, context) };
    },
  };
}

/** Describes an error of the framework by its own text and hint. */
export function describeError(error: StatefunError, context: FailureContext): FailureDescription {
  return { code: error.code, what: error.summary, where: placeOf(error, context), action: error.hint };
}

export function textFact(error: StatefunError, name: string): string | undefined {
  const value = error.facts[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function textsFact(error: StatefunError, name: string): readonly string[] {
  const value = error.facts[name];
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

/** Returns for example `class CartFunction in dist/functions/cart.js`. */
export function classPlace(className: string, context: FailureContext): string {
  const file = context.fileOf(className);
  return file === undefined ? `class ${className}` : `class ${className} in ${filePlace(file)}`;
}

/** Returns a path for messages: relative if it is below the working directory. */
export function filePlace(file: string): string {
  const below = relative('.', file);
  return below === '' || below.startsWith('..') || isAbsolute(below) ? file : below;
}

function placeOf(error: StatefunError, context: FailureContext): string | undefined {
  const where = textFact(error, 'where');
  const className = textFact(error, 'className') ?? /^class (\S+)$/.exec(where ?? '')?.[1];
  if (className !== undefined) return classPlace(className, context);
  const source = textFact(error, 'origin') ?? textFact(error, 'place');
  if (source !== undefined) return source;
  const file = textFact(error, 'file') ?? textFact(error, 'entry') ?? textFact(error, 'path') ?? textFact(error, 'folder');
  return where ?? (file === undefined ? undefined : filePlace(file));
}
