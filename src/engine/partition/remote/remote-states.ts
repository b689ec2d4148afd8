import type { IncompleteContext, StateSpec } from '../../../functions/remote/invocation-batch.ts';
import { addressIdBytesMax, isTextWithin } from '../../../shared/address.ts';
import { describe, StatefunError } from '../../../shared/errors.ts';

/** Most states of one function type: all of them are sent with every call. */
const statesMax = 1_000;

/** Longest name of a state, in UTF-8 bytes: it is part of a key of the store. */
const nameBytesMax = addressIdBytesMax;

/** StateFun's name for the type of a state that was declared without one. */
const unsetTypename = 'io.statefun.types/unset';

/**
 * The states that one type of remote functions declares. They are stored, so a function is asked for them once.
 */
export class RemoteStates {
  readonly type: string;
  readonly #specs = new Map<string, StateSpec>();
  /** Whether the function has responded: its states are known, even if it has none. */
  discovered = false;

  constructor(type: string) {
    this.type = type;
  }

  get specs(): readonly StateSpec[] {
    return [...this.#specs.values()];
  }

  find(name: string): StateSpec | undefined {
    return this.#specs.get(name);
  }

  /** Restores the states that a commit holds. */
  restore(specs: readonly StateSpec[]): void {
    for (const spec of specs) this.#specs.set(spec.name, spec);
    this.discovered = true;
  }

  /**
   * Registers the states that a function misses; how long one is kept is settled by its first registration, as in StateFun. A state that
   * another call has registered meanwhile is missing too. Throws REMOTE_STATE_TYPE_CHANGED, REMOTE_DISCOVERY_ENDLESS when nothing is missing
   * that was not attached, REMOTE_ANSWER_INVALID.
   */
  register({ missing }: IncompleteContext, attached: ReadonlySet<string>): void {
    const added: StateSpec[] = [];
    for (const { name, typename: given, expiration } of missing) {
      const typename = given === '' ? unsetTypename : given;
      const known = this.#specs.get(name) ?? added.find((spec) => spec.name === name);
      if (known !== undefined && known.typename !== typename) throw typeChanged(this.type, known, typename);
      if (name === '') throw invalidSpec(this.type, 'a state without a name');
      if (!isTextWithin(name, nameBytesMax)) throw invalidSpec(this.type, `a state whose name has more than ${nameBytesMax} bytes`);
      if (expiration !== undefined && !(expiration.afterMs > 0)) {
        throw invalidSpec(this.type, `state "${name}" with an expiration after ${describe(expiration.afterMs)} ms`);
      }
      if (known === undefined) added.push({ name, typename, expiration });
    }
    if (missing.every(({ name }) => attached.has(name))) {
      throw endless(this.type, `says that states are missing which it was given (${[...attached].join(', ') || 'none'})`);
    }
    if (this.#specs.size + added.length > statesMax) throw endless(this.type, `declares more than ${statesMax} states`);
    for (const spec of added) this.#specs.set(spec.name, spec);
  }
}

/** Returns the error for a function that requests states again and again instead of handling its batch. */
export function endless(type: string, what: string): StatefunError {
  return new StatefunError('REMOTE_DISCOVERY_ENDLESS', `remote function "${type}" ${what}.`, { facts: { type } });
}

function typeChanged(type: string, known: StateSpec, typename: string): StatefunError {
  const summary = `remote function "${type}" declares state "${known.name}" as "${typename}", but what is stored is "${known.typename}".`;
  return new StatefunError('REMOTE_STATE_TYPE_CHANGED', summary, { facts: { type, state: known.name, typename, stored: known.typename } });
}

function invalidSpec(type: string, what: string): StatefunError {
  return new StatefunError('REMOTE_ANSWER_INVALID', `remote function "${type}" declares ${what}.`, { facts: { type } });
}
