/** One reason why an application cannot start, for the person who starts it. */
export interface FailureDescription {
  /** What is wrong, with the value concerned. */
  readonly what: string;
  /** Where it is: class, file, key, parameter. */
  readonly where?: string | undefined;
  /** What to do about it. */
  readonly action: string;
  /** A stable name of the failure; those of this framework are listed in docs/errors.md. */
  readonly code?: string | undefined;
  /** What lies behind it, outermost first. @defaultValue the errors under `cause`, where they say more than `what` */
  readonly causes?: readonly string[] | undefined;
}

/** What is known besides the error. */
export interface FailureContext {
  /** The file of a class that scanning found, an absolute path; classes that are listed have none. */
  fileOf(className: string): string | undefined;
}

/**
 * Explains failures that it knows, and answers `undefined` for all others. Those of the application are asked before the built-in ones;
 * the first answer counts. What an analyzer throws is ignored: the failure itself matters more.
 *
 * An analyzer is given what was thrown, which may be anything; look at `error.cause` for what is behind it.
 */
export interface FailureAnalyzer {
  analyze(error: unknown, context: FailureContext): FailureDescription | undefined;
}
