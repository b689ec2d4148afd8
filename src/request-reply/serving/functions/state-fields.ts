import { AsyncLocalStorage } from 'node:async_hooks';
import { StatefunError } from '../../../shared/errors.ts';
import { attemptEnded, cellLink, isCell, type CellLink, type Linked } from '../../../state/cell.ts';
import { jsonType } from '../../../state/state-type.ts';
import type { ValueSlot } from '../../../state/value-slot.ts';
import type { AddressStorage } from './address-storage.ts';
import { declareState, ensureDistinctStates, type DeclaredState } from './state-declaration.ts';

/** The storage that the fields of a registered object use while it handles a message. */
interface OpenStorage {
  readonly storage: AddressStorage;
  readonly ensureOpen: () => void;
}

const openStorage = new AsyncLocalStorage<OpenStorage>();

/** Runs a method of a registered object with its state fields connected to the storage of an address. */
export function withStateFields<T>(storage: AddressStorage, ensureOpen: () => void, run: () => T): T {
  return openStorage.run({ storage, ensureOpen }, run);
}

/**
 * Declares the states that an object has as fields, each a `PersistedValue`. One object handles the messages of all addresses, several at a time
 * if it awaits something. So each field is connected once, to a slot that looks up the storage of the current address.
 *
 * Throws STATE_DECLARATION_INVALID, and STATE_CELL_SHARED for an object that was registered before.
 */
export function connectStateFields(functionType: string, instance: object): readonly DeclaredState[] {
  const states: DeclaredState[] = [];
  for (const [property, field] of Object.entries(instance)) {
    if (!isCell(field)) continue;
    const { kind, options } = field[cellLink];
    const facts = { functionType, state: property };
    if (kind !== 'value') {
      const summary = `"${property}" of "${functionType}" is a persisted ${kind}; a registered object has only persisted values.`;
      throw new StatefunError('STATE_DECLARATION_INVALID', summary, { facts });
    }
    if (options.version !== undefined || options.migrate !== undefined) {
      const summary = `"${property}" of "${functionType}" has a version, which StateFun does not know.`;
      throw new StatefunError('STATE_DECLARATION_INVALID', summary, { facts });
    }
    const type = options.type ?? jsonType<unknown>();
    const name = options.name ?? property;
    states.push(declareState(functionType, property, { type, name, ...(options.expire === undefined ? {} : { expire: options.expire }) }));
    // Safe: a persisted value uses these members of its slot, and its link two of them.
    (field[cellLink] as unknown as CellLink<FieldSlot>).connect(
      fieldSlot(property, name, (value) => type.ensure(value)),
      property,
    );
  }
  ensureDistinctStates(functionType, states);
  return states;
}

type FieldSlot = Pick<ValueSlot<unknown>, 'get' | 'getOrDefault' | 'set' | 'exists'> & Linked;

function fieldSlot(property: string, name: string, ensure: (value: unknown) => unknown): FieldSlot {
  const open = (): AddressStorage => {
    const current = openStorage.getStore();
    if (current === undefined) throw attemptEnded('value', name);
    current.ensureOpen();
    return current.storage;
  };
  return {
    name,
    // The storage checks whether an attempt is open.
    attempts: { open: true, instances: 0 },
    get: () => open().get(property),
    getOrDefault(fallback) {
      const value = open().get(property);
      // Safe: no type stores functions, so a function creates the fallback.
      return value === undefined ? ensure(typeof fallback === 'function' ? (fallback as () => unknown)() : fallback) : value;
    },
    set: (value) => open().set(property, value),
    get exists() {
      return open().has(property);
    },
  };
}
