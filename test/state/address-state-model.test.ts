import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { AddressState } from '../../src/state/address-state.ts';
import { PersistedList } from '../../src/state/persisted-list.ts';
import { PersistedTable } from '../../src/state/persisted-table.ts';
import { PersistedValue } from '../../src/state/persisted-value.ts';
import { bytesType } from '../../src/state/state-type.ts';
import { definitionsOf, StoreDouble } from './store-double.ts';

const create = () => ({
  value: PersistedValue.of<unknown>(),
  table: PersistedTable.of<unknown>(),
  blobs: PersistedTable.of({ type: bytesType() }),
  list: PersistedList.of<unknown>(),
});
type Cells = ReturnType<typeof create>;

/** The plainest thing that behaves the same. */
interface Model {
  value: unknown;
  readonly table: Map<string, unknown>;
  readonly blobs: Map<string, Uint8Array>;
  list: readonly unknown[];
}

const emptyModel = (): Model => ({ value: undefined, table: new Map(), blobs: new Map(), list: [] });
const copyOf = ({ value, table, blobs, list }: Model): Model => ({ value, table: new Map(table), blobs: new Map(blobs), list: [...list] });

const modelOf = (cells: Cells): Model => ({
  value: cells.value.get(),
  table: new Map(cells.table.entries()),
  blobs: new Map(cells.blobs.entries()),
  list: cells.list.view(),
});

/** Maps compare without order in jest: lists of pairs do not. */
const comparable = ({ value, table, blobs, list }: Model) => ({ value, table: [...table], blobs: [...blobs], list });

/** Walks over a table and changes it at each step. Returns what was seen. */
function walked(
  table: PersistedTable<unknown> | Map<string, unknown>,
  changes: readonly (readonly [string, boolean])[],
): readonly unknown[] {
  const seen: unknown[] = [];
  let step = 0;
  for (const [at, value] of table.entries()) {
    seen.push(at, value);
    const [changed, isSet] = changes[step] ?? [];
    step += 1;
    if (changed === undefined) continue;
    if (isSet === true) table.set(changed, step);
    else table.delete(changed);
  }
  return seen;
}

type Operation = (cells: Cells, model: Model) => void;

// More than a small table holds, so that tables become large and stay so. Long ones share their first and last characters.
const keys = ['b', 'a', '10', '2', 'x/y', '\ud800', '__proto__', 'c', 'd', 'item-1-of-2', 'item-2-of-2', 'item-3-of-2', 'e', 'f'] as const;
const key = fc.constantFrom(...keys);
const json = fc.oneof(fc.integer(), fc.string(), fc.constant(null), fc.record({ id: fc.string(), list: fc.array(fc.boolean()) }));
const bytes = fc.uint8Array({ maxLength: 4 });

const operation: fc.Arbitrary<Operation> = fc.oneof(
  json.map(
    (next): Operation =>
      (cells, model) =>
        cells.value.set((model.value = next)),
  ),
  fc.constant<Operation>((cells, model) => {
    cells.value.clear();
    model.value = undefined;
  }),
  fc.tuple(key, json).map(([at, next]): Operation => (cells, model) => {
    cells.table.set(at, next);
    model.table.set(at, next);
  }),
  key.map(
    (at): Operation =>
      (cells, model) =>
        expect(cells.table.delete(at)).toBe(model.table.delete(at)),
  ),
  fc.tuple(key, bytes).map(([at, next]): Operation => (cells, model) => {
    cells.blobs.set(at, next);
    model.blobs.set(at, next);
  }),
  key.map(
    (at): Operation =>
      (cells, model) =>
        expect(cells.blobs.delete(at)).toBe(model.blobs.delete(at)),
  ),
  fc.constant<Operation>((cells, model) => {
    cells.table.clear();
    model.table.clear();
  }),
  fc.tuple(fc.subarray([...keys]), json).map(([some, next]): Operation => (cells, model) => {
    for (const at of some) {
      cells.table.set(at, next);
      model.table.set(at, next);
    }
  }),
  fc.array(fc.tuple(key, fc.boolean()), { maxLength: 6 }).map((changes): Operation => (cells, model) => {
    expect(walked(cells.table, changes)).toEqual(walked(model.table, changes));
  }),
  fc.array(json, { maxLength: 3 }).map((items): Operation => (cells, model) => {
    cells.list.appendAll(items);
    model.list = [...model.list, ...items];
  }),
  fc.array(json, { maxLength: 3 }).map((items): Operation => (cells, model) => {
    cells.list.replaceWith(items);
    model.list = items;
  }),
);

interface Step {
  readonly operations: readonly Operation[];
  /** Before which operation a capture happens, if at all. */
  readonly captureAt: number;
  readonly succeeds: boolean;
  readonly thenCapture: boolean;
  readonly thenReload: boolean;
}

const step: fc.Arbitrary<Step> = fc.record({
  operations: fc.array(operation, { maxLength: 6 }),
  captureAt: fc.integer({ min: 0, max: 12 }),
  succeeds: fc.boolean(),
  thenCapture: fc.boolean(),
  thenReload: fc.boolean(),
});

/** One address through all its steps, beside a model and a store. */
class Run {
  readonly #definitions = definitionsOf(create());
  readonly #store = new StoreDouble();
  #state = new AddressState(this.#definitions, []);
  #cells = create();
  #kept = emptyModel();
  /** What the store must hold: the model at the last capture. */
  #captured = emptyModel();

  take(step: Step): void {
    this.#state.bind(this.#cells);
    this.#state.begin();
    const model = copyOf(this.#kept);
    const bytesBefore = this.#state.bytes;
    step.operations.forEach((operate, index) => {
      if (index === step.captureAt) this.#capture();
      operate(this.#cells, model);
    });
    expect(comparable(modelOf(this.#cells))).toEqual(comparable(model));
    if (step.succeeds) {
      this.#state.keep();
      this.#kept = model;
    } else {
      this.#state.discard();
      expect(this.#state.bytes).toBe(bytesBefore);
      this.#cells = create();
    }
    this.#check(this.#kept);
    if (step.thenCapture) this.#capture();
    if (step.thenReload) this.#reload();
  }

  #capture(): void {
    this.#store.apply(this.#state.capture());
    expect([this.#state.dirty, this.#state.capture()]).toEqual([false, []]);
    this.#captured = copyOf(this.#kept);
  }

  /** As after a crash: what was not captured is gone. */
  #reload(): void {
    this.#state = new AddressState(this.#definitions, this.#store.load());
    this.#cells = create();
    this.#kept = copyOf(this.#captured);
    this.#check(this.#kept);
    this.#state.bind(this.#cells);
    this.#state.begin();
    expect(comparable(modelOf(this.#cells))).toEqual(comparable(this.#kept));
    this.#state.keep();
  }

  #check({ value, table, blobs, list }: Model): void {
    const expected = {
      value,
      table: table.size === 0 ? undefined : Object.fromEntries(table),
      blobs: blobs.size === 0 ? undefined : Object.fromEntries(blobs),
      list: list.length === 0 ? undefined : list,
    };
    expect(this.#state.snapshot()).toEqual(expected);
    expect(this.#state.empty).toBe(Object.values(expected).every((content) => content === undefined));
  }
}

describe('AddressState beside a plain model', () => {
  it('agrees in contents and order through attempts kept and discarded, captures at any moment and reloads', () => {
    const property = fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
      const run = new Run();
      for (const one of steps) run.take(one);
    });
    fc.assert(property, { seed: 20_260_101, numRuns: 500 });
  });
});
