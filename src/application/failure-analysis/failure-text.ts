import { StatefunError, toError } from '../../shared/errors.ts';

/** Deepest cause that is reported. Deeper ones add nothing, and a cause may contain itself. */
const causeDepthMax = 5;

/** Returns a failure as text: code, summary, hint and causes, and stacks if `withStacks` is set. */
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
