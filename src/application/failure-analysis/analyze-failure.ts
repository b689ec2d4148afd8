import { StatefunError, toError } from '../../shared/errors.ts';
import { builtInAnalyzers } from './built-in-analyzers.ts';
import type { FailureAnalyzer, FailureContext, FailureDescription } from './failure-analyzer.ts';

export interface AnalyzedFailure extends FailureDescription {
  readonly causes: readonly string[];
  /** The thrown value. */
  readonly error: unknown;
}

/** The reasons why an application could not start, one entry each. */
export interface FailureReport {
  readonly application: string | undefined;
  readonly failures: readonly AnalyzedFailure[];
}

/** Deepest cause that is reported. Deeper ones add nothing, and a cause may contain itself. */
const causeDepthMax = 4;

/** Explains each mistake in a value thrown by a start. `analyzers` are called before the built-in ones. */
export function analyzeFailure(thrown: unknown, analyzers: readonly FailureAnalyzer[] = []): FailureReport {
  const context = contextOf(thrown);
  const all = [...analyzers, ...builtInAnalyzers];
  const application = StatefunError.is(thrown) ? thrown.facts['application'] : undefined;
  return {
    application: typeof application === 'string' ? application : undefined,
    failures: mistakesOf(thrown).map((error) => analyzeOne(error, all, context)),
  };
}

function analyzeOne(error: unknown, analyzers: readonly FailureAnalyzer[], context: FailureContext): AnalyzedFailure {
  const description = firstAnswer(error, analyzers, context) ?? describeUnknown(error);
  return { ...description, causes: description.causes ?? causesOf(error, description), error };
}

function firstAnswer(error: unknown, analyzers: readonly FailureAnalyzer[], context: FailureContext): FailureDescription | undefined {
  for (const analyzer of analyzers) {
    try {
      const description = analyzer.analyze(error, context);
      if (description !== undefined) return description;
    } catch {
      // A failing analyzer must not hide the failure that it analyzes.
    }
  }
  return undefined;
}

/** Returns the errors that an error lists, or the error itself. */
function mistakesOf(thrown: unknown, depth = 0): readonly unknown[] {
  if (!StatefunError.is(thrown) || depth > causeDepthMax) return [thrown];
  const { problems } = thrown.facts;
  if (!Array.isArray(problems) || problems.length === 0 || !problems.every((problem) => StatefunError.is(problem))) return [thrown];
  return problems.flatMap((problem) => mistakesOf(problem, depth + 1));
}

function describeUnknown(error: unknown): FailureDescription {
  const { name, message } = toError(error);
  return {
    what: `${name}: ${message}`,
    action: 'statefun has no explanation for this error. Start again with LOG_LEVEL=debug: the stack shows where it comes from.',
  };
}

function causesOf(error: unknown, { what }: FailureDescription): readonly string[] {
  const causes: string[] = [];
  let cause = toError(error).cause;
  for (let depth = 0; cause !== undefined && depth < causeDepthMax; depth += 1) {
    const { name, message, cause: next } = toError(cause);
    const [prefix, text] = StatefunError.is(cause) ? [cause.code, cause.summary] : [name, message];
    // Many summaries already end with the message of their cause.
    if (text === '' || !what.includes(text)) causes.push(firstLine(`${prefix}: ${text}`));
    cause = next;
  }
  return causes;
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}

/** Returns the files of scanned classes, if the start came as far as scanning. */
function contextOf(thrown: unknown): FailureContext {
  const found = StatefunError.is(thrown) ? thrown.facts['found'] : undefined;
  const files = new Map<string, string>();
  if (Array.isArray(found)) {
    for (const item of found as readonly { readonly file?: unknown; readonly className?: unknown }[]) {
      if (typeof item.className === 'string' && typeof item.file === 'string') files.set(item.className, item.file);
    }
  }
  return { fileOf: (className) => files.get(className) };
}
