import type { AttemptTracker } from './attempt-tracker.ts';
import type { CellKind } from './cell.ts';
import type { CellDefinition } from './cell-definition.ts';
import type { StateChange } from './state-entry.ts';
import type { StateType } from './state-type.ts';

/**
 * The content of one cell at one address. Invariants of every kind of slot:
 *
 * STATE-T1. Until `keep`, `capture`, `keptSnapshot` and `keptCount` do not include changes of the open attempt.
 * STATE-T2. `discard` restores the state at the beginning of the attempt: contents, order, and the changes that the next capture returns.
 * STATE-T3. `capture` returns every entry that kept attempts have changed since the last capture, once.
 */
export abstract class Slot<T = unknown> {
  readonly attempts: AttemptTracker;
  readonly name: string;
  readonly type: StateType<T>;
  abstract readonly kind: CellKind;

  constructor(definition: CellDefinition, attempts: AttemptTracker) {
    this.attempts = attempts;
    this.name = definition.name;
    // Safe: the cell that reads and writes this slot has this type.
    this.type = definition.type as StateType<T>;
  }

  /** Loads an entry from the store. `rest` is the end of its key. */
  abstract load(rest: string, value: Uint8Array): void;
  /** Called after all entries are loaded. */
  abstract loaded(): void;
  /** Keeps the changes of the open attempt. Called only when a slot of the address was changed. */
  abstract keep(): void;
  /** Undoes the changes of the open attempt. */
  abstract discard(): void;
  /** Adds the kept changes since the last capture. */
  abstract capture(changes: StateChange[]): void;
  /** Returns the kept content for people and tests, or undefined when there is none. */
  abstract keptSnapshot(): unknown;
  abstract get keptCount(): number;
}
