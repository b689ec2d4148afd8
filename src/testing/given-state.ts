import type { RegisteredFunction } from '../functions/function-registry.ts';
import { addSubscriber, subscribersOf, type Subscriber } from '../functions/subscriptions.ts';
import type { Address } from '../shared/address.ts';
import { describe, StatefunError } from '../shared/errors.ts';
import { toIsoTime } from '../shared/time/iso-time.ts';
import { AddressState } from '../state/address-state.ts';
import type { CellDefinition } from '../state/cell-definition.ts';
import type { PersistedList } from '../state/persisted-list.ts';
import type { PersistedTable } from '../state/persisted-table.ts';
import type { PersistedValue } from '../state/persisted-value.ts';
import type { StateChange } from '../state/state-entry.ts';
import { isRecord } from './expectations/match.ts';

/** The state of an address before a test, by cell name: values, tables as objects, lists as arrays. */
export type GivenState = Readonly<Record<string, unknown>>;

/**
 * Returns the entries of a store for a state. The cells write them, so a test starts with a state that the function could have written. Throws
 * TEST_STATE_INVALID and the errors of the cells.
 */
export function encodeGivenState(
  registered: RegisteredFunction,
  given: GivenState,
  subscribers: readonly Address[],
  nowMs: number,
): StateChange[] {
  const state = new AddressState(registered.cells, []);
  const instance = registered.create();
  state.bind(instance);
  state.begin();
  for (const [name, content] of Object.entries(given)) fill(cellNamed(registered, name), instance, content);
  for (const address of subscribers) addSubscriber(subscribersOf(state), toSubscriber(address, nowMs));
  state.keep();
  return state.capture();
}

function cellNamed({ cells, definition }: RegisteredFunction, name: string): CellDefinition {
  const found = cells.find((cell) => cell.name === name && cell.property !== undefined);
  if (found !== undefined) return found;
  const names = cells.filter((cell) => cell.property !== undefined).map((cell) => cell.name);
  throw new StatefunError(
    'TEST_STATE_INVALID',
    `function "${definition.type}" keeps nothing under the name "${name}". It has: ${names.join(', ') || 'no state'}.`,
    {
      facts: { functionType: definition.type, cell: name, cells: names },
    },
  );
}

function fill({ property = '', kind, name }: CellDefinition, instance: object, content: unknown): void {
  // Safe: the registry has checked, with an instance of this class, that the property holds a cell of this kind.
  const cell: unknown = Reflect.get(instance, property);
  switch (kind) {
    case 'value':
      return (cell as PersistedValue<unknown>).set(content);
    case 'table':
      if (!isRecord(content)) throw invalid(name, 'a table, given as an object', content);
      for (const [key, value] of Object.entries(content)) (cell as PersistedTable<unknown>).set(key, value);
      return;
    case 'list':
      if (!Array.isArray(content)) throw invalid(name, 'a list, given as an array', content);
      return (cell as PersistedList<unknown>).appendAll(content);
  }
}

function invalid(name: string, wanted: string, content: unknown): StatefunError {
  return new StatefunError(
    'TEST_STATE_INVALID',
    `"${name}" is ${wanted}, not as ${Array.isArray(content) ? 'an array' : describe(content)}.`,
    { facts: { cell: name } },
  );
}

function toSubscriber({ type, id }: Address, nowMs: number): Subscriber {
  const slash = type.indexOf('/');
  return {
    namespace: type.slice(0, slash),
    type: type.slice(slash + 1),
    id,
    dateCreated: toIsoTime(nowMs),
    correlationId: null,
  };
}
