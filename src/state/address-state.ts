import type { Address } from '../shared/address.ts';
import { assertInvariant, StatefunError } from '../shared/errors.ts';
import { AttemptTracker } from './attempt-tracker.ts';
import { cellLink, isCell, type CellLink } from './cell.ts';
import { cellMissing, type CellDefinition } from './cell-definition.ts';
import { parseEntryKey } from './entry-key.ts';
import { ListSlot } from './list-slot.ts';
import { PersistedTable } from './persisted-table.ts';
import type { Slot } from './slot.ts';
import type { StateChange, StateEntry } from './state-entry.ts';
import { TableSlot } from './table-slot.ts';
import { ValueSlot } from './value-slot.ts';

/**
 * The state of one address, which the cells of its instance read and write. It uses no store: it takes entries and returns changes.
 *
 * STATE-D1. Cells work between `begin` and `keep` or `discard`; otherwise they throw ATTEMPT_ENDED.
 * STATE-D2. `discard` restores the state before `begin`, and ends the cells of the instance for good.
 * STATE-D3. `capture` returns every entry changed by kept attempts since the last capture, once, and no change of the open attempt.
 * STATE-D4. Entries of cells that the class no longer has stay unchanged.
 */
export class AddressState {
  readonly #definitions: readonly CellDefinition[];
  readonly #slots: readonly Slot[];
  readonly #attempts: AttemptTracker;
  /** Cells of the framework by the index of their slot, created on first use. */
  readonly #ownCells: (PersistedTable<unknown> | undefined)[] = [];
  #instance: object | undefined;
  /** Links of the cells of the instance. */
  readonly #links: CellLink<Slot>[] = [];
  #bytesBefore = 0;
  #dirty = false;

  constructor(cells: readonly CellDefinition[], entries: Iterable<StateEntry>, address?: Address) {
    this.#definitions = cells;
    this.#attempts = new AttemptTracker(address);
    this.#slots = cells.map((cell) => createSlot(cell, this.#attempts));
    for (const { key, value } of entries) this.#load(key, value);
    for (const slot of this.#slots) slot.loaded();
  }

  /** Connects the cells of a new instance and ends those of the previous one. Binding the same instance again does nothing. */
  bind(instance: object): void {
    if (instance === this.#instance) return;
    this.#endInstance();
    for (let index = 0; index < this.#definitions.length; index++) {
      const definition = this.#definitions[index];
      const slot = this.#slots[index];
      if (definition?.property === undefined || slot === undefined) continue;
      const link = linkOf(instance, definition.property, definition.kind);
      link.connect(slot, definition.property);
      this.#links.push(link);
    }
    this.#instance = instance;
  }

  /** Starts an attempt. */
  begin(): void {
    const attempts = this.#attempts;
    assertInvariant(!attempts.open, 'an address has one attempt at a time');
    attempts.open = true;
    attempts.count += 1;
    this.#bytesBefore = attempts.bytes;
  }

  /** Ends the attempt and keeps its changes. */
  keep(): void {
    const attempts = this.#attempts;
    assertInvariant(attempts.open, 'an attempt is kept once');
    if (attempts.changed) {
      for (const slot of this.#slots) slot.keep();
      this.#dirty = true;
      attempts.changed = false;
    }
    attempts.open = false;
  }

  /** Ends the attempt and undoes its changes. Its instance can no longer be used. */
  discard(): void {
    const attempts = this.#attempts;
    assertInvariant(attempts.open, 'an attempt is discarded once');
    if (attempts.changed) {
      for (const slot of this.#slots) slot.discard();
      attempts.bytes = this.#bytesBefore;
      attempts.changed = false;
    }
    attempts.open = false;
    this.#endInstance();
  }

  /** Returns the entries that kept attempts have changed since the last capture. An attempt may be open. */
  capture(): StateChange[] {
    const changes: StateChange[] = [];
    if (!this.#dirty) return changes;
    for (const slot of this.#slots) slot.capture(changes);
    this.#dirty = false;
    return changes;
  }

  /** Whether kept attempts have changed anything since the last capture. */
  get dirty(): boolean {
    return this.#dirty;
  }

  /** Rough size of the state, in bytes. */
  get bytes(): number {
    return this.#attempts.bytes;
  }

  /** Whether the kept state is empty. */
  get empty(): boolean {
    return this.#slots.every((slot) => slot.keptCount === 0);
  }

  /**
   * Returns the kept state by cell name, for tests and tools: values, tables as objects, lists as arrays. Empty cells are omitted. An object lists
   * whole numbers among its keys first, regardless of the order of the table.
   */
  snapshot(): Record<string, unknown> {
    const contents = this.#slots.map((slot): [string, unknown] => [slot.name, slot.keptSnapshot()]);
    return Object.fromEntries(contents.filter(([, content]) => content !== undefined));
  }

  /** Returns a table of the framework, a cell without a property. It works while an attempt is open, independent of the instance. */
  ownCell(name: string): PersistedTable<unknown> {
    const index = this.#slots.findIndex((slot) => slot.name === name);
    const known = this.#ownCells[index];
    if (known !== undefined) return known;
    const slot = this.#slots[index];
    assertInvariant(slot instanceof TableSlot, `"${name}" is a table of the address`);
    const cell = PersistedTable.of();
    cell[cellLink].connect(slot, name);
    this.#ownCells[index] = cell;
    return cell;
  }

  #load(key: string, value: Uint8Array): void {
    const parsed = parseEntryKey(key);
    const slot = this.#slots.find((candidate) => candidate.name === parsed?.name);
    if (parsed === undefined || slot === undefined) return;
    if (slot.kind !== parsed.kind) {
      const summary = `cell "${slot.name}" is a ${slot.kind}, but the value stored under its name is a ${parsed.kind}.`;
      throw new StatefunError('STATE_UNREADABLE', summary, { facts: { cell: slot.name, entry: key } });
    }
    slot.load(parsed.rest, value);
  }

  #endInstance(): void {
    for (const link of this.#links) link.end();
    this.#links.length = 0;
    this.#instance = undefined;
  }
}

function createSlot(definition: CellDefinition, attempts: AttemptTracker): Slot {
  switch (definition.kind) {
    case 'value':
      return new ValueSlot(definition, attempts);
    case 'table':
      return new TableSlot(definition, attempts);
    case 'list':
      return new ListSlot(definition, attempts);
  }
}

function linkOf(instance: object, property: string, kind: string): CellLink<Slot> {
  const cell = (instance as Readonly<Record<string, unknown>>)[property]; // Safe: reading any property of an object is allowed.
  // Safe: a link of this kind connects to slots of this kind.
  if (isCell(cell) && cell[cellLink].kind === kind) return cell[cellLink] as CellLink<Slot>;
  throw cellMissing(property, `class ${instance.constructor.name}`);
}
