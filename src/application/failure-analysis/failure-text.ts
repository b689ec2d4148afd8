import { StatefunError, toError } from '../../shared/errors.ts';

/** Causes deeper than this say nothing more; one could also be its own cause. */
const causeDepthMax = 5;

/** A failure for people: code, what happened, what to do, and what caused it. Stacks only when asked for. */
export function failureText(thrown: unknown, withStacks = false): string {
  const lines: string[] = [];
  let current: unknown = thrown;
  for (let depth = 0; current !== undefined && depth <= causeDepthMax; depth += 1) {
    const error = toError(current);
    const text = StatefunError.is(error) ? error.message : `${error.name}: ${error.message}`;
    lines.push(depth === 0 ? text : `  Cause: ${text.replaceAll('\n', '\n  ')}`);
    if (withStacks && error.stack !== undefined) lines.push(error.stack);
    current = error.cause;
  }
  return `${lines.join('\n')}\n`;
}
