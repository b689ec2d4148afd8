import { types } from 'node:util';
import { StatefunError } from '../../shared/errors.ts';

/** The place where an error was thrown: kept with a dead letter besides code and reason. */
export interface ErrorTrace {
  /** Class of the thrown error or of its cause; undefined for errors of the framework, which have a code. */
  readonly errorClass?: string;
  /** The stack frames of the error and its causes. */
  readonly stack?: string;
}

/** Most characters kept of a stack: about 40 frames. Stacks are logged and stay in memory with their dead letters. */
const stackLengthMax = 4_096;

/** Most characters kept of the first line of an error: the reason has its message already. */
const headLengthMax = 200;

/** Most errors of a chain of causes. A chain may be circular. */
const causesMax = 5;

/** Returns class and stack of an error. Never throws, though any property of a thrown value may have another type, or throw. */
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

/** Returns the first line and the frames behind it; empty when there are no frames. */
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
