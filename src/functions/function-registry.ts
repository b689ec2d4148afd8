import { isFunctionType } from '../shared/address.ts';
import { StatefunError } from '../shared/errors.ts';
import { unknownFunction } from '../shared/function-target.ts';
import { cellsOf, type CellDefinition } from '../state/cell-definition.ts';
import type { FunctionDefinition } from './function-definition.ts';
import type { RemoteClient, RemoteFunction, RemotePolicy } from './remote/remote-function.ts';
import { subscriberCell } from './subscriptions.ts';

/** A function class of this process: its definition, its state cells, and how to create instances. */
export interface RegisteredFunction {
  readonly kind: 'class';
  readonly definition: FunctionDefinition;
  /** Cells of the class and of the framework. */
  readonly cells: readonly CellDefinition[];
  /** Creates an instance with injected dependencies. */
  readonly create: () => object;
}

/** Most remembered types of declared namespaces. */
const foundMax = 10_000;

/** The functions of an application, by type. */
export class FunctionRegistry {
  readonly #functions = new Map<string, RegisteredFunction>();
  /** Remote functions by `namespace/name` or `namespace/*`. */
  readonly #remote = new Map<string, Omit<RemoteFunction, 'type'>>();
  /** Types found in a declared namespace. */
  readonly #found = new Map<string, RemoteFunction>();

  /**
   * Registers a function and creates one instance to read its state cells.
   *
   * Throws DUPLICATE_FUNCTION_TYPE when the type is taken, and the errors of `cellsOf` for invalid cells.
   */
  register(definition: FunctionDefinition, create: () => object): void {
    const before = this.#functions.get(definition.type);
    if (before !== undefined) {
      throw new StatefunError(
        'DUPLICATE_FUNCTION_TYPE',
        `classes ${before.definition.class.name} and ${definition.class.name} both declare the function type "${definition.type}".`,
        { facts: { type: definition.type, classNames: [before.definition.class.name, definition.class.name] } },
      );
    }
    const cells = [...cellsOf(create(), definition.persisted, `class ${definition.class.name}`), subscriberCell];
    this.#functions.set(definition.type, { kind: 'class', definition, cells, create });
  }

  /**
   * Registers remote functions: a type, or all types of a namespace without a declaration of their own.
   *
   * Throws DUPLICATE_FUNCTION_TYPE when the type or the namespace is taken.
   */
  registerRemote(functions: string, client: RemoteClient, policy: RemotePolicy): void {
    const before = this.#functions.get(functions)?.definition.class.name ?? this.#remote.get(functions)?.client.description;
    if (before !== undefined) {
      const summary = `both ${before} and ${client.description} are declared for the function type "${functions}".`;
      throw new StatefunError('DUPLICATE_FUNCTION_TYPE', summary, { facts: { type: functions } });
    }
    this.#remote.set(functions, { kind: 'remote', client, policy });
  }

  /** What handles the type: a class, else a remote function of that name, else the remote functions of its namespace. */
  find(type: string): RegisteredFunction | RemoteFunction | undefined {
    return this.#functions.get(type) ?? this.#findRemote(type);
  }

  /** Whether the type is handled elsewhere. */
  isRemote(type: string): boolean {
    return !this.#functions.has(type) && this.#findRemote(type) !== undefined;
  }

  /** The class that handles the type. */
  get(type: string): RegisteredFunction | undefined {
    return this.#functions.get(type);
  }

  has(type: string): boolean {
    return this.#functions.has(type) || this.#findRemote(type) !== undefined;
  }

  /** All types, sorted; those of a namespace as `namespace/*`. */
  types(): readonly string[] {
    return [...this.#functions.keys(), ...this.#remote.keys()].sort();
  }

  /** Returns the remote functions and the endpoint of each. */
  remote(): readonly { readonly functions: string; readonly description: string }[] {
    return Array.from(this.#remote, ([functions, { client }]) => ({ functions, description: client.description }));
  }

  /** Returns every client of remote functions once. */
  clients(): readonly RemoteClient[] {
    return [...new Set(Array.from(this.#remote.values(), ({ client }) => client))];
  }

  /** Returns the error for a type that nothing handles. `from` names the sender. */
  unknown(type: string, from: string): StatefunError {
    return unknownFunction(type, this.types(), from);
  }

  #findRemote(type: string): RemoteFunction | undefined {
    if (this.#remote.size === 0) return undefined;
    const known = this.#found.get(type);
    if (known !== undefined) return known;
    // An invalid type, such as "a/b/c", has no namespace.
    if (!isFunctionType(type)) return undefined;
    const declared = this.#remote.get(type) ?? this.#remote.get(`${type.slice(0, type.indexOf('/'))}/*`);
    if (declared === undefined) return undefined;
    const found: RemoteFunction = { ...declared, type };
    // A message can name any type, so the number of remembered ones is limited.
    if (this.#found.size < foundMax) this.#found.set(type, found);
    return found;
  }
}
