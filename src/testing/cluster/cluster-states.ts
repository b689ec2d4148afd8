import type { AttachedState, StateSpec } from '../../functions/remote/invocation-batch.ts';
import { formatAddress, type Address } from '../../shared/address.ts';
import type { Clock } from '../../shared/time/clock.ts';
import type { TypedValue } from '../../shared/typed-value.ts';

interface Stored {
  readonly value: TypedValue;
  readonly expiresAt: number;
}

/** The state of a cluster: the states that each function type has requested, and their values for each address until they expire. */
export class ClusterStates {
  readonly #clock: Clock;
  readonly #specs = new Map<string, Map<string, StateSpec>>();
  readonly #values = new Map<string, Map<string, Stored>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Registers states. A known state keeps its first expiration. */
  register(type: string, specs: readonly StateSpec[]): void {
    const known = this.#specs.get(type) ?? new Map<string, StateSpec>();
    for (const spec of specs) if (!known.has(spec.name)) known.set(spec.name, spec);
    this.#specs.set(type, known);
  }

  specs(type: string): readonly StateSpec[] {
    return [...(this.#specs.get(type)?.values() ?? [])];
  }

  /** Refreshes the states of an address that expire after calls. */
  called(address: Address): void {
    const values = this.#valuesOf(address);
    for (const [name, { value }] of values) {
      if (this.#isExpired(values, name)) values.delete(name);
      else if (this.#specs.get(address.type)?.get(name)?.expiration?.after === 'invoke') this.set(address, name, value);
    }
  }

  attached(address: Address): readonly AttachedState[] {
    const stored = this.stored(address);
    return this.specs(address.type).map(({ name }) => ({ name, value: stored[name] }));
  }

  set(address: Address, name: string, value: TypedValue | undefined): void {
    const expiration = this.#specs.get(address.type)?.get(name)?.expiration;
    const expiresAt = expiration === undefined ? Number.POSITIVE_INFINITY : this.#clock.now() + expiration.afterMs;
    if (value === undefined) this.#valuesOf(address).delete(name);
    else this.#valuesOf(address).set(name, { value, expiresAt });
  }

  stored(address: Address): Readonly<Record<string, TypedValue>> {
    const values = this.#valuesOf(address);
    const live = [...values].filter(([name]) => !this.#isExpired(values, name));
    return Object.fromEntries(live.map(([name, { value }]) => [name, value]));
  }

  #isExpired(values: ReadonlyMap<string, Stored>, name: string): boolean {
    return (values.get(name)?.expiresAt ?? 0) <= this.#clock.now();
  }

  #valuesOf(address: Address): Map<string, Stored> {
    const key = formatAddress(address);
    const values = this.#values.get(key) ?? new Map<string, Stored>();
    this.#values.set(key, values);
    return values;
  }
}
