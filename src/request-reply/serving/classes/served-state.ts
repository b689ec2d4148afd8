import type { AttachedState, StateMutation, StateSpec } from '../../../functions/remote/invocation-batch.ts';
import type { Address } from '../../../shared/address.ts';
import { appendAll } from '../../../shared/append-all.ts';
import { StatefunError } from '../../../shared/errors.ts';
import { AddressState } from '../../../state/address-state.ts';
import type { CellDefinition } from '../../../state/cell-definition.ts';
import { parseEntryKey } from '../../../state/entry-key.ts';
import type { StateEntry } from '../../../state/state-entry.ts';
import { ProtobufError } from '../../../shared/protobuf/reader.ts';
import { cellTypename, clusterType, readCell, writeCell } from './cell-values.ts';

/** The states that a cluster keeps for the cells of a class, the framework's own among them. Throws TYPENAME_INVALID. */
export function cellSpecs(cells: readonly CellDefinition[]): readonly StateSpec[] {
  return cells.map((cell) => ({ name: cell.name, typename: cellTypename(cell), expiration: undefined }));
}

/** The state of one address of a class during one batch: states of the cluster in, mutations out, cells in between. */
export class ServedState {
  readonly address: AddressState;
  readonly #cells: readonly CellDefinition[];
  /** By cell and key, as the cluster has them. */
  readonly #entries = new Map<string, Map<string, string | Uint8Array>>();

  /** Throws STATE_UNREADABLE. */
  constructor(cells: readonly CellDefinition[], attached: readonly AttachedState[], address?: Address) {
    this.#cells = cells;
    const byName = new Map(attached.map(({ name, value }) => [name, value]));
    const loaded: StateEntry[] = [];
    for (const cell of cells) {
      const value = byName.get(cell.name);
      const entries = value?.hasValue === true ? readEntries(cell, value.value) : [];
      this.#entries.set(cell.name, new Map(entries.map(({ key, value: content }) => [key, content])));
      appendAll(loaded, entries);
    }
    this.address = new AddressState(
      cells.map((cell) => ({ ...cell, type: clusterType(cell) })),
      loaded,
      address,
    );
  }

  /** One for each cell that a kept attempt has changed. */
  mutations(): readonly StateMutation[] {
    const changed = new Set<string>();
    for (const { key, value } of this.address.capture()) {
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
