import { types } from 'node:util';
import { StatefunError } from '../../shared/errors.ts';

/** Where an error was thrown, for people: what a dead letter keeps beside code and reason. */
export interface ErrorTrace {
  /** Class of the error that was thrown, or of the one that caused it; undefined when it is one of the framework, which has a code. */
  readonly errorClass?: string;
  /** The stack frames, those of what caused the error included. */
  readonly stack?: string;
}

/** Most characters kept of a stack: some 40 frames. Stacks are written to the log and stay in memory with their dead letters. */
const stackLengthMax = 4_096;

/** Most characters kept of the first line of an error: its message is in the reason already. */
const headLengthMax = 200;

/** Most errors of a chain of causes: a chain can be a circle. */
const causesMax = 5;

/** Class and stack of an error. Anything can be thrown, so every property that it has may be something else, or throw. */
export function traceOf(error: Error): ErrorTrace {
  try {
    const chain = chainOf(error);
    const thrown = chain.find((link) => !StatefunError.is(link));
    const errorClass = thrown === undefined ? undefined : classOf(thrown);
    const stack = chain.map(stackOf).filter((text) => text !== '');
    return {
      ...(errorClass === undefined ? {} : { errorClass }),
      ...(stack.length === 0 ? {} : { stack: cut(stack.join('\ncaused by '), stackLengthMax) }),
    };
  } catch {
    return {};
  }
}

function chainOf(error: Error): readonly Error[] {
  const chain: Error[] = [];
  for (let link: unknown = error; types.isNativeError(link) && chain.length < causesMax; link = link.cause) chain.push(link);
  return chain;
}

function classOf(error: Error): string | undefined {
  const { name } = error.constructor as { readonly name?: unknown }; // a prototype may have any constructor
  return typeof name === 'string' && name !== '' ? cut(name, headLengthMax) : undefined;
}

/** The frames behind the first line; empty when there are none. */
function stackOf(error: Error): string {
  const stack: unknown = error.stack;
  if (typeof stack !== 'string') return '';
  const frames = stack.search(/\n {4}at /);
  if (frames < 0) return '';
  const head = stack.slice(0, frames).split('\n')[0] ?? '';
  return `${cut(head, headLengthMax)}${stack.slice(frames)}`;
}

function cut(text: string, lengthMax: number): string {
  return text.length <= lengthMax ? text : `${text.slice(0, lengthMax)}…`;
}
