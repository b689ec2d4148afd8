/** A broken invariant. */
export interface Violation {
  /** The name of the invariant, built-in or of the application. */
  readonly invariant: string;
  /** The observation that broke it. */
  readonly detail: string;
}

/** Reports a violation. A run ends with its first one. */
export type Report = (invariant: string, detail: string) => void;
