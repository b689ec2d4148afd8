import type { AttachedState, StateMutation, StateSpec } from '../../../functions/remote/invocation-batch.ts';
import type { Address } from '../../../shared/address.ts';
import { appendAll } from '../../../shared/append-all.ts';
import { StatefunError } from '../../../shared/errors.ts';
import type { TypedValue } from '../../../shared/typed-value.ts';
import { AddressState } from '../../../state/address-state.ts';
import type { CellDefinition } from '../../../state/cell-definition.ts';
import { parseEntryKey } from '../../../state/entry-key.ts';
import type { PersistedTable } from '../../../state/persisted-table.ts';
import type { StateEntry } from '../../../state/state-entry.ts';
import { ProtobufError } from '../../../shared/protobuf/reader.ts';
import { cellTypename, clusterType, readCell, writeCell } from './cell-values.ts';

/** Returns the states that a cluster keeps for the cells of a class, including those of the framework. Throws TYPENAME_INVALID. */
export function cellSpecs(cells: readonly CellDefinition[]): readonly StateSpec[] {
  return cells.map((cell) => ({ name: cell.name, typename: cellTypename(cell), expiration: undefined }));
}

/** The cells of an address. Remembers which of the framework's tables were used. */
class ServedAddressState extends AddressState {
  readonly ownCellsUsed = new Set<string>();

  override ownCell(name: string): PersistedTable<unknown> {
    this.ownCellsUsed.add(name);
    return super.ownCell(name);
  }
}

/**
 * The state of one address of a class during one batch. It converts the cluster's states to cells, and changed cells to mutations. Cells that
 * are not attached are empty.
 */
export class ServedState {
  readonly #address: ServedAddressState;
  readonly #cells: readonly CellDefinition[];
  readonly #attached: ReadonlyMap<string, TypedValue | undefined>;
  /** The entries of the cluster's states, by cell and key. */
  readonly #entries = new Map<string, Map<string, string | Uint8Array>>();

  /** Throws STATE_UNREADABLE. */
  constructor(cells: readonly CellDefinition[], attached: readonly AttachedState[], address?: Address) {
    this.#cells = cells;
    this.#attached = new Map(attached.map(({ name, value }) => [name, value]));
    const loaded: StateEntry[] = [];
    for (const cell of cells) {
      const value = this.#attached.get(cell.name);
      const entries = value?.hasValue === true ? readEntries(cell, value.value) : [];
      this.#entries.set(cell.name, new Map(entries.map(({ key, value: content }) => [key, content])));
      appendAll(loaded, entries);
    }
    this.#address = new ServedAddressState(
      cells.map((cell) => ({ ...cell, type: clusterType(cell) })),
      loaded,
      { address },
    );
  }

  get address(): AddressState {
    return this.#address;
  }

  /** Whether an attempt has used the framework's cell of this name. */
  usesOwnCell(name: string): boolean {
    return this.#address.ownCellsUsed.has(name);
  }

  /** Cells of the framework that were used without being attached. If there is one, the batch must have no effect. */
  get missing(): readonly StateSpec[] {
    const used = this.#address.ownCellsUsed;
    return used.size === 0 ? [] : cellSpecs(this.#cells.filter(({ name }) => used.has(name) && !this.#attached.has(name)));
  }

  /** Returns one mutation for each cell that a successful attempt has changed. */
  mutations(): readonly StateMutation[] {
    const changed = new Set<string>();
    for (const { key, value } of this.#address.capture()) {
      const name = parseEntryKey(key)?.name ?? '';
      changed.add(name);
      if (value === undefined) this.#entries.get(name)?.delete(key);
      else this.#entries.get(name)?.set(key, value);
    }
    return this.#cells
      .filter(({ name }) => changed.has(name))
      .map((cell) => {
        const value = writeCell(cell, this.#entries.get(cell.name) ?? new Map<string, string>());
        return { name: cell.name, value: value === undefined ? undefined : { typename: cellTypename(cell), hasValue: true, value } };
      });
  }
}

function readEntries(cell: CellDefinition, value: Uint8Array): readonly StateEntry[] {
  try {
    return readCell(cell, value);
  } catch (cause) {
    if (!(cause instanceof ProtobufError) && !(cause instanceof SyntaxError)) throw cause;
    const summary = `the stored ${cell.kind} "${cell.name}" cannot be read: ${cause.message}.`;
    throw new StatefunError('STATE_UNREADABLE', summary, { facts: { cell: cell.name }, cause });
  }
}
