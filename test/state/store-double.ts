import { AddressState } from '../../src/state/address-state.ts';
import { cellsOf, type CellDefinition } from '../../src/state/cell-definition.ts';
import type { StateChange, StateEntry } from '../../src/state/state-entry.ts';

/** The stored entries of one address, as a store would keep them: bytes only, handed back in the order of their keys, not of their writing. */
export class StoreDouble {
  readonly entries = new Map<string, Uint8Array>();

  apply(changes: readonly StateChange[]): void {
    for (const { key, value } of changes) {
      if (value === undefined) this.entries.delete(key);
      else this.entries.set(key, typeof value === 'string' ? Buffer.from(value) : new Uint8Array(value));
    }
  }

  load(): StateEntry[] {
    return [...this.entries]
      .map(([key, value]) => ({ key, value: new Uint8Array(value) }))
      .sort((left, right) => (left.key < right.key ? 1 : -1));
  }

  /** The entries as text, sorted by key. */
  texts(): Record<string, string> {
    return Object.fromEntries([...this.entries].sort().map(([key, value]) => [key, Buffer.from(value).toString()]));
  }
}

export function definitionsOf(instance: object): readonly CellDefinition[] {
  return cellsOf(instance, Object.keys(instance), 'class Example');
}

/** The state of an address that has nothing stored, bound to a new instance. */
export function stateOf<I extends object>(create: () => I, entries: Iterable<StateEntry> = []): { state: AddressState; cells: I } {
  const cells = create();
  const state = new AddressState(definitionsOf(create()), entries);
  state.bind(cells);
  return { state, cells };
}

/** One attempt that succeeds. */
export function keeping<R>(state: AddressState, handler: () => R): R {
  state.begin();
  const result = handler();
  state.keep();
  return result;
}

/** One attempt that fails; the state needs another instance afterwards. */
export function discarding(state: AddressState, handler: () => void): void {
  state.begin();
  handler();
  state.discard();
}

/** What was thrown; fails when nothing was. */
export function thrownBy(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}
