import { StatefunError } from '../shared/errors.ts';
import type { AttemptTracker } from './attempt-tracker.ts';
import type { CellKind } from './cell.ts';
import type { CellDefinition } from './cell-definition.ts';
import { isAscii, type Entry, type EntryOwner, type Held } from './entry.ts';
import { entryOverheadBytes, exactSizeBytesMin } from './limits.ts';
import { isJson, notSerializable, type StateType } from './state-type.ts';

/** A value that has been checked and frozen, before it becomes the content of an entry. */
export interface Prepared {
  readonly value: unknown;
  readonly encoded: string | Uint8Array | undefined;
  readonly sizeBytes: number;
}

/**
 * The content of one cell at one address. Invariants of every kind of slot:
 *
 * STATE-T1. Until `keep`, a capture, `keptSnapshot` and `keptCount` do not include changes of the open attempt.
 * STATE-T2. `discard` restores the state at the beginning of the attempt: contents, order, and the changes that the next capture returns.
 * STATE-T3. A capture returns every entry that kept attempts have changed since the last one, once.
 */
export abstract class Slot<T = unknown> implements EntryOwner {
  readonly attempts: AttemptTracker;
  readonly name: string;
  readonly isAsciiName: boolean;
  readonly type: StateType<unknown>;
  abstract readonly kind: CellKind;
  /** Whether the texts of its values are JSON as `JSON.stringify` writes it. */
  readonly isJson: boolean;

  constructor(definition: CellDefinition, attempts: AttemptTracker) {
    this.attempts = attempts;
    this.name = definition.name;
    this.isAsciiName = isAscii(definition.name);
    this.type = definition.type;
    this.isJson = isJson(definition.type);
  }

  /** Loads an entry from the store. `rest` is the end of its key. */
  abstract load(rest: string, value: Uint8Array): void;
  /** Called after all entries are loaded. */
  abstract loaded(): void;
  abstract storedKey(entry: Entry): string;
  abstract storedValue(encoded: string | Uint8Array, stamp: number): string | Uint8Array;
  abstract restore(entry: Entry, before: Held): void;
  abstract forget(entry: Entry): void;
  /** Returns the entry that holds this very object, if it is easily found. */
  abstract entryOf(value: object): Entry | undefined;
  /** Returns the current entries, including changes of the open attempt. */
  abstract current(): Iterable<Entry>;
  /** The number of current entries. */
  abstract get count(): number;
  /** Returns contents for people and tests. They are in the order of their stamps, and at least one. */
  protected abstract toSnapshot(kept: readonly Kept[]): unknown;

  /** Returns the value of an entry: frozen, or a new one at each call for a type that holds bytes. */
  read(held: Held): T {
    // Safe: the cell that reads and writes this slot has this type.
    if (held.value !== undefined) return held.value as T;
    const value = this.#decode(held.encoded);
    if (this.type.holds === 'value') {
      held.value = value;
      held.encoded = undefined;
    }
    return value as T;
  }

  /** Returns the kept content, or undefined when there is none. */
  keptSnapshot(): unknown {
    const kept: Kept[] = [];
    for (const entry of this.current()) if (entry.undo === undefined) kept.push({ key: entry.key, held: entry });
    for (const { owner, key, undo } of this.attempts.touched) {
      if (owner === this && undo?.removed === false) kept.push({ key, held: undo });
    }
    return kept.length === 0 ? undefined : this.toSnapshot(kept.sort((left, right) => left.held.stamp - right.held.stamp));
  }

  get keptCount(): number {
    let { count } = this;
    for (const { owner, removed, undo } of this.attempts.touched) {
      if (owner === this && undo !== undefined) count += Number(removed) - Number(undo.removed);
    }
    return count;
  }

  /** Checks and freezes a value that a handler sets. `keyLength` is what its key adds to the name of the cell. */
  protected prepare(value: T, keyLength: number): Prepared {
    const { type, name } = this;
    const result = type.inspect(value);
    if (typeof result === 'string') throw notSerializable(type.name, result, name);
    const overheadBytes = name.length + keyLength + entryOverheadBytes;
    const isKept = type.holds === 'value';
    if (isKept && result < exactSizeBytesMin) return { value, encoded: undefined, sizeBytes: result + overheadBytes };
    const encoded = type.encode(value);
    const sizeBytes = typeof encoded === 'string' ? Buffer.byteLength(encoded) : encoded.byteLength;
    return { value: isKept ? value : undefined, encoded, sizeBytes: sizeBytes + overheadBytes };
  }

  /** Sets the content of an entry, once its size has been counted. */
  protected assign(entry: Entry, { value, encoded, sizeBytes }: Prepared): void {
    this.attempts.touch(entry);
    entry.set(value, encoded, sizeBytes);
  }

  /** Removes the content of an entry. */
  protected clearEntry(entry: Entry): void {
    this.attempts.resize(-entry.sizeBytes, this.name);
    this.attempts.touch(entry);
    entry.remove();
  }

  /** Gives an entry its stored value. It is decoded when it is first read. */
  protected loadEntry(entry: Entry, encoded: Uint8Array): void {
    entry.encoded = encoded;
    entry.sizeBytes = encoded.byteLength + this.name.length + entry.key.length + entryOverheadBytes;
    entry.removed = false;
    entry.stored = true;
    this.attempts.loaded(entry);
  }

  #decode(encoded: string | Uint8Array | undefined): unknown {
    try {
      return this.type.decode(typeof encoded === 'string' ? Buffer.from(encoded) : (encoded ?? new Uint8Array(0)));
    } catch (cause) {
      const summary = `the stored value of cell "${this.name}" cannot be read as type "${this.type.name}".`;
      throw new StatefunError('STATE_UNREADABLE', summary, { facts: { cell: this.name, type: this.type.name }, cause });
    }
  }
}

/** The kept content of an entry. */
export interface Kept {
  readonly key: string;
  readonly held: Held;
}
