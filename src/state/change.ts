import type { Held } from './held.ts';

/**
 * What must be remembered about one value, or one entry of a table, from its first change until it is captured and no attempt can undo it.
 *
 * The attempt under way changes values in place; `before` undoes it. A change whose `since` is the attempt under way is not kept by any
 * attempt yet.
 */
export class Change<T> {
  /** The attempt that made the first change since the last capture. */
  since: number;
  /** The attempt that made the last change. */
  attempt: number;
  /** What was there when that attempt began. */
  before: Held<T> | undefined;
  /** Whether the store has an entry, so that removing it takes a tombstone. */
  stored: boolean;

  constructor(attempt: number, before: Held<T> | undefined) {
    this.since = attempt;
    this.attempt = attempt;
    this.before = before;
    // Nothing has changed since the last capture: the store has what is there.
    this.stored = before !== undefined;
  }

  /** An attempt is about to change what is there. */
  touch(attempt: number, current: Held<T> | undefined): void {
    if (this.attempt === attempt) return;
    this.attempt = attempt;
    this.before = current;
  }

  /** What was kept is captured while an attempt is under way: from here on only that attempt's change is left. */
  captured(): void {
    this.since = this.attempt;
    this.stored = this.before !== undefined;
  }
}
