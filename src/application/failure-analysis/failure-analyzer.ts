/** One reason why an application cannot start, for the person who starts it. */
export interface FailureDescription {
  /** What is wrong, with the value concerned. */
  readonly what: string;
  /** Where the mistake is: class, file, key or parameter. */
  readonly where?: string | undefined;
  /** What the reader should do. */
  readonly action: string;
  /** The stable code of the failure. Codes of the framework are listed in docs/errors.md. */
  readonly code?: string | undefined;
  /** The causes, outermost first. @defaultValue the errors under `cause` that add something to `what` */
  readonly causes?: readonly string[] | undefined;
}

/** Facts about the start, besides the error. */
export interface FailureContext {
  /** Returns the absolute path of a scanned class's file; undefined for listed classes. */
  fileOf(className: string): string | undefined;
}

/**
 * Explains failures that it knows, and returns `undefined` for all others. Analyzers of the application are called before the built-in ones,
 * and the first description is used. An error thrown by an analyzer is ignored, so that the failure itself is reported.
 *
 * The thrown value may be of any type. Causes are under `error.cause`.
 */
export interface FailureAnalyzer {
  analyze(error: unknown, context: FailureContext): FailureDescription | undefined;
}
