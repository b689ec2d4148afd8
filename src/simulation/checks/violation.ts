/** A promise that was seen broken. */
export interface Violation {
  /** Which one: the name of a built-in invariant, or of one of the application's own. */
  readonly invariant: string;
  /** What was seen. */
  readonly detail: string;
}

/** Takes violations; a run ends with its first. */
export type Report = (invariant: string, detail: string) => void;
