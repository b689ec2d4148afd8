import { toMilliseconds, type Duration } from '../../../shared/time/duration.ts';
import { describe, StatefunError } from '../../../shared/errors.ts';
import { latestTimeMs } from '../../../shared/time/iso-time.ts';
import type { Expiration } from '../../../state/cell.ts';
import type { StateType } from '../../../state/state-type.ts';
import type { StateExpiration, StateSpec } from '../../../functions/remote/invocation-batch.ts';
import { typenameOf } from '../../protocol/typed-values.ts';

/** Options of a state of a function without a class. */
export interface StateOptions<T> {
  readonly type: StateType<T>;
  /**
   * The name of the state in the runtime, any string but the empty one. All other SDKs accept letters and underscores.
   *
   * @defaultValue the name of the property
   */
  readonly name?: string;
  /** When the runtime removes the state by itself. Cannot be changed once the runtime knows the state. @defaultValue never */
  readonly expire?: Expiration;
}

/** The states of a function, by the property of `context.storage` that holds them. */
export type StateDeclarations = Readonly<Record<string, StateType<unknown> | StateOptions<unknown>>>;

/**
 * The type of `context.storage`. Reading a state without a value returns undefined. Assigning a value stores it, and refreshes its expiration
 * even if the value is the same. Assigning undefined or null, or `delete`, removes it.
 */
export type StorageOf<S extends StateDeclarations> = { -readonly [K in keyof S]?: ValueOf<S[K]> | undefined };

type ValueOf<D> = D extends { readonly decode: (bytes: Uint8Array) => infer T }
  ? T
  : D extends { readonly type: StateType<infer T> }
    ? T
    : never;

/** A checked declaration of a state. */
export interface DeclaredState {
  readonly property: string;
  readonly type: StateType<unknown>;
  readonly spec: StateSpec;
}

/** Checks state declarations. Throws STATE_DECLARATION_INVALID, INVALID_DURATION and TYPENAME_INVALID, which name `functionType`. */
export function readDeclarations(functionType: string, declarations: StateDeclarations): readonly DeclaredState[] {
  const states = Object.entries(declarations).map(([property, declared]) => declareState(functionType, property, declared));
  ensureDistinctStates(functionType, states);
  return states;
}

/** Checks one state declaration. Throws the errors of {@link readDeclarations}. */
export function declareState(functionType: string, property: string, declared: StateType<unknown> | StateOptions<unknown>): DeclaredState {
  const options: unknown = isStateType(declared) ? { type: declared } : declared;
  const facts = { functionType, state: property };
  if (typeof options !== 'object' || options === null || !isStateType((options as Partial<StateOptions<unknown>>).type)) {
    const summary = `state "${property}" of "${functionType}" is declared as ${describe(declared)}, which is no type.`;
    throw new StatefunError('STATE_DECLARATION_INVALID', summary, { facts });
  }
  const { type, name = property, expire } = options as StateOptions<unknown>; // Safe: it has a type, just checked.
  if (typeof name !== 'string' || name === '' || !name.isWellFormed()) {
    const summary = `state "${property}" of "${functionType}" has the name ${describe(name)}.`;
    throw new StatefunError('STATE_DECLARATION_INVALID', summary, { facts });
  }
  if (expire?.afterWrite !== undefined && expire.afterCall !== undefined) {
    const summary = `state "${property}" of "${functionType}" expires both after writing and after calls.`;
    throw new StatefunError('STATE_DECLARATION_INVALID', summary, { facts });
  }
  const expiration = expirationOf('write', expire?.afterWrite) ?? expirationOf('invoke', expire?.afterCall);
  return { property, type, spec: { name, typename: typenameOf(type), expiration } };
}

/** Throws STATE_DECLARATION_INVALID for two states with the same name, which would be one state in the runtime. */
export function ensureDistinctStates(functionType: string, states: readonly DeclaredState[]): void {
  const byName = new Map<string, string>();
  for (const { property, spec } of states) {
    const other = byName.get(spec.name);
    if (other !== undefined) {
      const summary = `states "${other}" and "${property}" of "${functionType}" are both kept under the name "${spec.name}".`;
      throw new StatefunError('STATE_DECLARATION_INVALID', summary, { facts: { functionType, state: spec.name } });
    }
    byName.set(spec.name, property);
  }
}

function expirationOf(after: StateExpiration['after'], duration: Duration | undefined): StateExpiration | undefined {
  return duration === undefined ? undefined : { after, afterMs: Math.min(Math.ceil(toMilliseconds(duration)), latestTimeMs) };
}

function isStateType(value: unknown): value is StateType<unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const { name, encode, decode, ensure } = value as Partial<StateType<unknown>>;
  return typeof name === 'string' && [encode, decode, ensure].every((method) => typeof method === 'function');
}
