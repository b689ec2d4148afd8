import type { ChangedEntries } from './changed-entries.ts';
import type { Entry, Held } from './entry.ts';

/** What an entry was before the open attempt first changed it. */
interface UndoRecord extends Held {
  entry: Entry | undefined;
}

/**
 * The entries that the open attempt of an address has changed, with what they were before. Logs and their records are used again and again, because
 * nearly every attempt needs them.
 */
export class UndoLog {
  readonly #records: UndoRecord[] = [];
  #count = 0;

  /** Remembers what an entry is. Called before the first change of an attempt. */
  add(entry: Entry): void {
    let record = this.#records[this.#count];
    if (record === undefined) this.#records.push((record = emptyRecord()));
    this.#count += 1;
    record.entry = entry;
    record.value = entry.value;
    record.encoded = entry.encoded;
    record.ascii = entry.ascii;
    record.sizeBytes = entry.sizeBytes;
    record.stamp = entry.stamp;
    record.removed = entry.removed;
    entry.undo = record;
  }

  /** Returns the entries, in the order of their first changes. */
  entries(): Entry[] {
    return this.#records.slice(0, this.#count).flatMap(({ entry }) => entry ?? []);
  }

  /** Keeps the changes: the next capture returns them. Returns whether there are any. */
  keep(changes: ChangedEntries): boolean {
    let isChanged = false;
    for (let index = 0; index < this.#count; index++) {
      const entry = this.#release(index);
      if (entry === undefined) continue;
      if (entry.gone) {
        entry.owner.forget(entry);
      } else {
        changes.add(entry);
        isChanged = true;
      }
    }
    this.#empty();
    return isChanged;
  }

  /** Undoes the changes, the last changed entry first. */
  discard(): void {
    for (let index = this.#count - 1; index >= 0; index--) {
      const record = this.#records[index];
      if (record?.entry === undefined) continue;
      record.entry.owner.restore(record.entry, record);
      const entry = this.#release(index);
      if (entry?.gone === true) entry.owner.forget(entry);
    }
    this.#empty();
  }

  /** Takes the entry out of a record, which drops everything it holds. */
  #release(index: number): Entry | undefined {
    const record = this.#records[index];
    const entry = record?.entry;
    if (record === undefined || entry === undefined) return undefined;
    entry.undo = undefined;
    record.entry = undefined;
    record.value = undefined;
    record.encoded = undefined;
    return entry;
  }

  #empty(): void {
    this.#count = 0;
    if (this.#records.length > recordsMax) this.#records.length = recordsMax;
  }
}

/** Records that a log keeps for later attempts. */
const recordsMax = 64;

function emptyRecord(): UndoRecord {
  return { entry: undefined, value: undefined, encoded: undefined, ascii: false, sizeBytes: 0, stamp: 0, removed: true };
}

/** Empty logs. A few are enough: only attempts that are open at the same time need one each. */
const unused: UndoLog[] = [];
const unusedMax = 64;

/** Returns an empty log for an attempt. */
export function takeUndoLog(): UndoLog {
  return unused.pop() ?? new UndoLog();
}

/** Takes back the log of an attempt that has ended. */
export function returnUndoLog(log: UndoLog): void {
  if (unused.length < unusedMax) unused.push(log);
}
