import type { AttachedState, StateMutation, StateSpec } from '../../../functions/remote/invocation-batch.ts';
import { decodeBuiltIn } from '../../../envelope/built-in-values.ts';
import { assertInvariant } from '../../../shared/errors.ts';
import { latestTimeMs } from '../../../shared/time/iso-time.ts';
import { entryOverheadBytes } from '../../../state/limits.ts';
import { parseStamp, withStamp } from '../../../state/stamp.ts';
import type { StateChange, StateEntry } from '../../../state/state-entry.ts';
import type { RemoteStates } from './remote-states.ts';

/*
 * Stored state of a remote function, in the collection of its address:
 *
 *   key r/<name of the state>     value: when it expires, in milliseconds since the epoch, in decimal ASCII (0: never), one space, its bytes
 */
const keyPrefix = 'r/';

interface StoredValue {
  readonly value: Uint8Array;
  /** 0: never. */
  readonly expiresAt: number;
}

/** Returns the state of a remote function in an entry, or undefined for an entry of a class. Throws STATE_UNREADABLE. */
export function remoteStateIn({ key, value }: StateEntry): (StoredValue & { readonly name: string }) | undefined {
  if (!key.startsWith(keyPrefix)) return undefined;
  const name = key.slice(keyPrefix.length);
  const { stamp, start } = parseStamp(value, name);
  return { name, value: value.subarray(start), expiresAt: stamp };
}

/** The state of one address of a remote function: bytes that are sent with every call. Entries of a class of the same type are left alone. */
export class RemoteState {
  readonly #states: RemoteStates;
  readonly #values = new Map<string, StoredValue>();
  readonly #changed = new Set<string>();
  #bytes = 0;

  constructor(states: RemoteStates, entries: Iterable<StateEntry>) {
    this.#states = states;
    for (const entry of entries) {
      const stored = remoteStateIn(entry);
      if (stored !== undefined) this.#set(stored.name, { value: stored.value, expiresAt: stored.expiresAt });
    }
  }

  /** Returns every registered state, with its value unless it has expired. */
  attached(nowMs: number): readonly AttachedState[] {
    return this.#states.specs.map(({ name, typename }) => {
      const stored = this.#live(name, nowMs);
      return { name, value: stored === undefined ? undefined : { typename, hasValue: true, value: stored.value } };
    });
  }

  /** Applies the mutations of a response, which have been checked. `attachedAtMs` is the time at which the state was sent. */
  apply(mutations: readonly StateMutation[], attachedAtMs: number, nowMs: number): void {
    for (const spec of this.#states.specs) this.#touch(spec, attachedAtMs, nowMs);
    for (const { name, value } of mutations) {
      const spec = this.#states.find(name);
      assertInvariant(spec !== undefined, 'only registered states are changed');
      // A copy, because the bytes are a part of the whole response, which would stay in memory with them.
      if (value === undefined) this.#delete(name);
      else this.#set(name, { value: Uint8Array.from(value.value), expiresAt: expiryOf(spec, nowMs) });
      this.#changed.add(name);
    }
  }

  /** Returns the size of the state after the mutations, in bytes. */
  bytesAfter(mutations: readonly StateMutation[]): number {
    const last = new Map(mutations.map(({ name, value }) => [name, value]));
    let bytes = this.#bytes;
    for (const [name, value] of last) {
      const before = this.#values.get(name);
      if (before !== undefined) bytes -= sizeOf(name, before);
      if (value !== undefined) bytes += sizeOf(name, value);
    }
    return bytes;
  }

  get dirty(): boolean {
    return this.#changed.size > 0;
  }

  /** Approximate size of the state, in bytes. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Returns the entries that have changed since the last capture. */
  capture(): StateChange[] {
    const changes = Array.from(this.#changed, (name): StateChange => {
      const stored = this.#values.get(name);
      return { key: `${keyPrefix}${name}`, value: stored === undefined ? undefined : withStamp(stored.expiresAt, stored.value) };
    });
    this.#changed.clear();
    return changes;
  }

  /** Returns the state for inspection: values of built-in types; of others the typename and the bytes in Base64. */
  snapshot(): Record<string, unknown> {
    return Object.fromEntries(Array.from(this.#values, ([name, { value }]) => [name, this.#shown(name, value)]));
  }

  /** Removes an expired value. Extends a value that expires a time after its last call. */
  #touch(spec: StateSpec, attachedAtMs: number, nowMs: number): void {
    const stored = this.#values.get(spec.name);
    if (stored === undefined || stored.expiresAt === 0) return;
    if (this.#live(spec.name, attachedAtMs) === undefined) this.#delete(spec.name);
    else if (spec.expiration?.after === 'invoke') this.#set(spec.name, { value: stored.value, expiresAt: expiryOf(spec, nowMs) });
    else return;
    this.#changed.add(spec.name);
  }

  #live(name: string, nowMs: number): StoredValue | undefined {
    const stored = this.#values.get(name);
    return stored !== undefined && (stored.expiresAt === 0 || stored.expiresAt > nowMs) ? stored : undefined;
  }

  #set(name: string, stored: StoredValue): void {
    this.#delete(name);
    this.#values.set(name, stored);
    this.#bytes += sizeOf(name, stored);
  }

  #delete(name: string): void {
    const before = this.#values.get(name);
    if (before === undefined) return;
    this.#values.delete(name);
    this.#bytes -= sizeOf(name, before);
  }

  #shown(name: string, value: Uint8Array): unknown {
    const typename = this.#states.find(name)?.typename ?? '';
    return decodeBuiltIn(typename, value) ?? { typename, base64: Buffer.from(value).toString('base64') };
  }
}

function expiryOf({ expiration }: StateSpec, nowMs: number): number {
  return expiration === undefined ? 0 : Math.min(nowMs + Math.ceil(expiration.afterMs), latestTimeMs);
}

function sizeOf(name: string, { value }: Pick<StoredValue, 'value'>): number {
  return name.length + value.byteLength + entryOverheadBytes;
}
