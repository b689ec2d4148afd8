import type { AttemptTracker } from './attempt-tracker.ts';
import type { CellKind } from './cell.ts';
import type { CellDefinition } from './cell-definition.ts';
import type { StateChange } from './state-entry.ts';
import type { StateType } from './state-type.ts';

/**
 * Where one address keeps the contents of one cell. Invariants of every kind of slot:
 *
 * STATE-T1. Until `keep`, `capture`, `keptSnapshot` and `keptCount` do not see what the attempt under way has changed.
 * STATE-T2. After `discard` everything is as it was when the attempt began: contents, order, and what the next capture writes.
 * STATE-T3. `capture` answers every entry that kept attempts have changed since the last capture, once.
 */
export abstract class Slot<T = unknown> {
  readonly attempts: AttemptTracker;
  readonly name: string;
  readonly type: StateType<T>;
  abstract readonly kind: CellKind;

  constructor(definition: CellDefinition, attempts: AttemptTracker) {
    this.attempts = attempts;
    this.name = definition.name;
    // Safe: the cell that reads and writes this slot was made with this very type.
    this.type = definition.type as StateType<T>;
  }

  /** Takes an entry from the store; `rest` is the end of its key. */
  abstract load(rest: string, value: Uint8Array): void;
  /** All entries are loaded. */
  abstract loaded(): void;
  /** The attempt under way succeeded; only called when some slot of the address was changed. */
  abstract keep(): void;
  abstract discard(): void;
  abstract capture(changes: StateChange[]): void;
  /** The contents for people and tests; undefined when there are none. */
  abstract keptSnapshot(): unknown;
  abstract get keptCount(): number;
}
