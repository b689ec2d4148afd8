import { StatefunError } from '../shared/errors.ts';
import { cellsOf, type CellDefinition } from '../state/cells.ts';
import type { FunctionDefinition } from './definition.ts';
import { subscriberCell } from './subscriptions.ts';

/** A function type that can be invoked: what it is, its state cells, and how to make an instance. */
export interface RegisteredFunction {
  readonly definition: FunctionDefinition;
  /** The cells of the class and the framework's own. */
  readonly cells: readonly CellDefinition[];
  /** Makes a new instance, its dependencies injected. */
  readonly create: () => object;
}

/** The functions of an application, by type. */
export class FunctionRegistry {
  readonly #functions = new Map<string, RegisteredFunction>();

  /**
   * Registers a function; makes one instance to learn its state cells.
   *
   * Throws DUPLICATE_FUNCTION_TYPE when the type is taken, and the errors of `cellsOf` for state that cannot be used.
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
    this.#functions.set(definition.type, { definition, cells, create });
  }

  get(type: string): RegisteredFunction | undefined {
    return this.#functions.get(type);
  }

  has(type: string): boolean {
    return this.#functions.has(type);
  }

  /** All types, sorted. */
  types(): readonly string[] {
    return [...this.#functions.keys()].sort();
  }

  /** The error for a type that nothing handles; `from` says who asked. */
  unknown(type: string, from: string): StatefunError {
    return new StatefunError(
      'UNKNOWN_FUNCTION',
      `nothing handles function type "${type}" (${from}). Registered types: ${this.types().join(', ') || 'none'}.`,
      {
        facts: { type, registered: this.types() },
      },
    );
  }
}
