import { StatefunError } from '../../../shared/errors.ts';
import type { StateType } from '../../../state/state-type.ts';
import type { AttachedState, StateMutation } from '../../../functions/remote/invocation-batch.ts';
import { decodeValue, encodeValue } from '../../protocol/typed-values.ts';
import type { DeclaredState } from './state-declaration.ts';

/** The content of a state. It is immutable, so that a rollback can restore it. */
interface Content {
  readonly exists: boolean;
  /** The bytes as received, or as assigned if the type holds bytes. */
  readonly encoded: Uint8Array | undefined;
  /** The frozen value, only for types that hold values; undefined until it is first read. */
  readonly value: unknown;
  readonly written: boolean;
}

const nothing: Content = { exists: false, encoded: undefined, value: undefined, written: false };

/**
 * The states of one address during one batch.
 *
 * 1. A message sees the writes of the messages before it in the batch.
 * 2. `rollback` restores everything to the last `begin`.
 * 3. Each state that was assigned or removed is one mutation with its last value, even if the value has not changed: a write refreshes the
 *    expiration.
 */
export class AddressStorage {
  readonly #functionType: string;
  readonly #states: ReadonlyMap<string, DeclaredState>;
  readonly #properties: ReadonlySet<string>;
  #contents = new Map<string, Content>();
  #before: ReadonlyMap<string, Content> = new Map();

  /** `states` are by property. Attached states have the declared types. */
  constructor(functionType: string, states: ReadonlyMap<string, DeclaredState>, attached: readonly AttachedState[]) {
    this.#functionType = functionType;
    this.#states = states;
    this.#properties = new Set(states.keys());
    const byName = new Map(attached.map(({ name, value }) => [name, value]));
    for (const [property, { spec }] of states) {
      const value = byName.get(spec.name);
      if (value?.hasValue === true) this.#contents.set(property, { ...nothing, exists: true, encoded: value.value });
    }
  }

  begin(): void {
    this.#before = new Map(this.#contents);
  }

  rollback(): void {
    this.#contents = new Map(this.#before);
  }

  /** Returns the value of a state. Throws STATE_UNDECLARED and VALUE_UNREADABLE. */
  get(property: string): unknown {
    const { type } = this.#declared(property);
    const content = this.#contents.get(property) ?? nothing;
    if (content.value !== undefined || content.encoded === undefined) return content.value;
    const value = decodeValue(type, content.encoded);
    if (type.holds === 'value') this.#contents.set(property, { ...content, value });
    return value;
  }

  has(property: string): boolean {
    return this.#contents.get(property)?.exists === true;
  }

  /** Sets the value of a state. Throws STATE_UNDECLARED and STATE_NOT_SERIALIZABLE. */
  set(property: string, value: unknown): void {
    const { type } = this.#declared(property);
    this.#contents.set(property, value === undefined || value === null ? { ...nothing, written: true } : written(type, value));
  }

  mutations(): StateMutation[] {
    const mutations: StateMutation[] = [];
    for (const [property, { type, spec }] of this.#states) {
      const { exists, encoded, value, written: changed } = this.#contents.get(property) ?? nothing;
      if (!changed) continue;
      const typed = (): StateMutation['value'] => ({
        typename: spec.typename,
        hasValue: true,
        value: encoded ?? encodeValue(type, value),
      });
      mutations.push({ name: spec.name, value: exists ? typed() : undefined });
    }
    return mutations;
  }

  get properties(): ReadonlySet<string> {
    return this.#properties;
  }

  #declared(property: string): DeclaredState {
    const declared = this.#states.get(property);
    if (declared !== undefined) return declared;
    const summary = `function "${this.#functionType}" has no state "${property}". It has: ${[...this.#properties].join(', ') || 'none'}.`;
    throw new StatefunError('STATE_UNDECLARED', summary, { facts: { functionType: this.#functionType, state: property } });
  }
}

function written(type: StateType<unknown>, value: unknown): Content {
  const checked = type.ensure(value);
  const content = { ...nothing, exists: true, written: true };
  // A value that cannot be frozen is encoded at once, so that later changes of it have no effect.
  return type.holds === 'value' ? { ...content, value: checked } : { ...content, encoded: encodeValue(type, checked) };
}
