import type { Held } from './held.ts';

/**
 * The change of one value, or of one table entry, from its first change until it is captured and no attempt can undo it.
 *
 * The open attempt changes values in place, and `before` restores them. When `since` is the open attempt, no attempt has kept a change yet.
 */
export class Change<T> {
  /** Number of the attempt that made the first change since the last capture. */
  since: number;
  /** Number of the attempt that made the last change. */
  attempt: number;
  /** The value when that attempt began. */
  before: Held<T> | undefined;
  /** Whether the store has an entry. If so, its removal writes a tombstone. */
  stored: boolean;

  constructor(attempt: number, before: Held<T> | undefined) {
    this.since = attempt;
    this.attempt = attempt;
    this.before = before;
    // Nothing has changed since the last capture, so the store has the current value.
    this.stored = before !== undefined;
  }

  /** Records the current value before an attempt changes it. */
  touch(attempt: number, current: Held<T> | undefined): void {
    if (this.attempt === attempt) return;
    this.attempt = attempt;
    this.before = current;
  }

  /** Records that the kept changes were captured while an attempt is open: only the change of that attempt is left. */
  captured(): void {
    this.since = this.attempt;
    this.stored = this.before !== undefined;
  }
}
