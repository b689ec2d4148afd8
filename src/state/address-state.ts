import type { JsonText } from '../shared/json-writer.ts';
import { assertInvariant, StatefunError } from '../shared/errors.ts';
import { walkJson } from '../shared/walk-json.ts';
import { AttemptTracker, type StateOwner } from './attempt-tracker.ts';
import { cellLink, isCell, type CellLink } from './cell.ts';
import { cellMissing, type CellDefinition } from './cell-definition.ts';
import type { EntryChange } from './changed-entries.ts';
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
 * STATE-D3. A capture returns every entry changed by kept attempts since the last capture, once, and no change of the open attempt.
 * STATE-D4. Entries of cells that the class no longer has stay unchanged.
 */
export class AddressState extends AttemptTracker {
  readonly #definitions: readonly CellDefinition[];
  /** Slots by the index of their definition, created on first use. */
  readonly #slots: (Slot | undefined)[] = [];
  /** Cells of the framework by the index of their slot, created on first use. */
  #ownCells: (PersistedTable<unknown> | undefined)[] | undefined;

  constructor(cells: readonly CellDefinition[], entries: Iterable<StateEntry>, owner: StateOwner = {}) {
    super(owner);
    this.#definitions = cells;
    for (const { key, value } of entries) this.#load(key, value);
    for (const slot of this.#slots) slot?.loaded();
  }

  /**
   * Connects the cells of a new instance and ends those of the previous one. Binding the same instance again does nothing. The state keeps no reference
   * to the instance: every attempt has one, and nothing else needs it afterwards.
   */
  bind(instance: object): void {
    let isNew = false;
    for (let index = 0; index < this.#definitions.length; index++) {
      const definition = this.#definitions[index];
      if (definition?.property === undefined) continue;
      const link = linkOf(instance, definition.property, definition.kind);
      const slot = this.#slotAt(index, definition);
      if (!isNew) {
        if (link.isOf(slot, this.instances)) return;
        isNew = true;
        this.instances += 1;
      }
      link.connect(slot, definition.property, this.instances);
    }
  }

  /** Returns what kept attempts have changed since the last capture, for a state with changes of its own. An attempt may be open. */
  capture(): StateChange[] {
    const changes: EntryChange[] = [];
    this.changes.capture(changes);
    return changes.map(({ key, value }) => ({ key, value }));
  }

  /** Whether the kept state is empty. */
  get empty(): boolean {
    return this.#slots.every((slot) => slot === undefined || slot.keptCount === 0);
  }

  /**
   * Returns the kept state by cell name, for tests and tools: values, tables as objects, lists as arrays. Empty cells are omitted. An object lists
   * whole numbers among its keys first, regardless of the order of the table.
   */
  snapshot(): Record<string, unknown> {
    const contents = this.#definitions.map(({ name }, index): [string, unknown] => [name, this.#slots[index]?.keptSnapshot()]);
    return Object.fromEntries(contents.filter(([, content]) => content !== undefined));
  }

  /**
   * Returns the JSON text of an object that a cell of the instance holds: the very object that reading the cell has returned. The text is kept, so
   * writing the object again costs nothing until the cell is set. Returns undefined for any other object, and for one with more levels.
   */
  textOf(value: object, depthMax: number): JsonText | undefined {
    for (let index = 0; index < this.#definitions.length; index++) {
      const slot = this.#slots[index];
      if (slot?.isJson !== true || this.#definitions[index]?.property === undefined) continue;
      const entry = slot.entryOf(value);
      if (entry === undefined) continue;
      // Every level takes two characters.
      const fits = entry.text.length <= 2 * depthMax || typeof walkJson(value, { depthMax, freeze: false }) === 'number';
      return fits ? entry : undefined;
    }
    return undefined;
  }

  /** Drops the texts of values that are also held decoded, to save memory. */
  dropTexts(): void {
    if (this.textLength === 0) return;
    for (const slot of this.#slots) for (const entry of slot?.current() ?? []) entry.dropText();
  }

  /** Returns a table of the framework, a cell without a property. It works while an attempt is open, independent of the instance. */
  ownCell(name: string): PersistedTable<unknown> {
    const index = this.#definitions.findIndex((definition) => definition.name === name);
    const known = this.#ownCells?.[index];
    if (known !== undefined) return known;
    const slot = this.#slotAt(index, this.#definitions[index]);
    assertInvariant(slot instanceof TableSlot, `"${name}" is a table of the address`);
    const cell = PersistedTable.of();
    cell[cellLink].connect(slot, name);
    (this.#ownCells ??= [])[index] = cell;
    return cell;
  }

  #load(key: string, value: Uint8Array): void {
    const parsed = parseEntryKey(key);
    const index = this.#definitions.findIndex(({ name }) => name === parsed?.name);
    const definition = this.#definitions[index];
    if (parsed === undefined || definition === undefined) return;
    if (definition.kind !== parsed.kind) {
      const summary = `cell "${definition.name}" is a ${definition.kind}, but the value stored under its name is a ${parsed.kind}.`;
      throw new StatefunError('STATE_UNREADABLE', summary, { facts: { cell: definition.name, entry: key } });
    }
    this.#slotAt(index, definition).load(parsed.rest, value);
  }

  #slotAt(index: number, definition: CellDefinition | undefined): Slot {
    assertInvariant(definition !== undefined, 'a cell of the address is known by its definition');
    return (this.#slots[index] ??= createSlot(definition, this));
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
