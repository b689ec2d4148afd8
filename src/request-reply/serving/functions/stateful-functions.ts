import { ensureFunctionType } from '../../../shared/address.ts';
import type { Clock } from '../../../shared/time/clock.ts';
import { describe, StatefunError } from '../../../shared/errors.ts';
import type { Logger } from '../../../shared/logger.ts';
import type { ServedFunction, ServedFunctions } from '../served-function.ts';
import { standardErrorLogger } from '../standard-error-logger.ts';
import { BoundFunction, type BoundFunctionParts } from './bound-function.ts';
import type { FunctionContext } from './function-context.ts';
import { readDeclarations, type StateDeclarations } from './state-declaration.ts';
import { connectStateFields, withStateFields } from './state-fields.ts';
import type { TypedMessage } from './typed-message.ts';

/** A function without a class. It is called for each message to an address of its type. */
export type FunctionHandler<S extends StateDeclarations> = (context: FunctionContext<S>, message: TypedMessage) => void | PromiseLike<void>;

/** An object that handles messages. Fields with a `PersistedValue` are the state of the current address. */
export interface InvocableFunction {
  invoke(context: FunctionContext, message: TypedMessage): void | PromiseLike<void>;
}

/** Options for messages that a function fails to handle. */
export interface FailureOptions<S extends StateDeclarations = Readonly<Record<never, never>>> {
  /**
   * Called when a message has failed and its effects were removed. It can send the message to a dead-letter egress, or to its own address after a
   * delay. If it does nothing, the message is skipped. If it throws, the batch fails.
   *
   * @defaultValue the batch fails and the runtime sends it again; Flink fails the job after two minutes
   */
  readonly onFailure?: (error: Error, context: FunctionContext<S>, message: TypedMessage) => void | PromiseLike<void>;
}

export interface BindOptions<S extends StateDeclarations> extends FailureOptions<S> {
  /** The states of an address, by the property of `context.storage`: a type, or {@link StateOptions}. @defaultValue none */
  readonly state?: S;
}

export interface StatefulFunctionsOptions {
  /** The logger for lines of functions and about `onFailure`. @defaultValue standard error, from `warn` on */
  readonly logger?: Logger;
  readonly clock?: Clock;
}

/**
 * Functions without an application, for Flink StateFun or an engine with the same protocol.
 *
 * ```ts
 * const functions = new StatefulFunctions();
 * functions.bind('demo/greeter', (context, message) => { context.storage.seen = (context.storage.seen ?? 0) + 1; }, { state: { seen: int32Type() } });
 * ```
 */
export class StatefulFunctions implements ServedFunctions {
  readonly #functions = new Map<string, ServedFunction>();
  readonly #options: StatefulFunctionsOptions;

  constructor(options: StatefulFunctionsOptions = {}) {
    this.#options = options;
  }

  /**
   * Binds a function to a type. Throws INVALID_FUNCTION_TYPE, DUPLICATE_FUNCTION_TYPE, FUNCTION_NOT_CALLABLE, STATE_DECLARATION_INVALID,
   * INVALID_DURATION and TYPENAME_INVALID.
   */
  // Without declared states, `S` has no keys, so that the compiler refuses any name.
  bind<S extends StateDeclarations = Readonly<Record<never, never>>>(
    type: string,
    handler: FunctionHandler<S>,
    options: BindOptions<S> = {},
  ): this {
    this.#ensureNew(type);
    if (typeof handler !== 'function') throw notCallable(type, handler, 'a function');
    const { state, onFailure } = options;
    // Safe: the context has the storage that `state` declares.
    const invoke = handler as unknown as BoundFunctionParts['invoke'];
    const states = readDeclarations(type, state ?? {});
    return this.#add({ type, states, invoke, onFailure: onFailure });
  }

  /** Registers an object for a type. Throws the errors of {@link bind}, and STATE_CELL_SHARED for an object that is registered already. */
  register(type: string, instance: InvocableFunction, { onFailure }: FailureOptions = {}): this {
    this.#ensureNew(type);
    // Checked, because untyped code can pass any value.
    const method: unknown = (instance as Partial<InvocableFunction> | null | undefined)?.invoke;
    if (typeof method !== 'function') throw notCallable(type, instance, 'an object with a method invoke');
    const states = connectStateFields(type, instance);
    return this.#add({
      type,
      states,
      invoke: (context, message, storage) =>
        withStateFields(
          storage,
          () => context.ensureOpen('state'),
          () => instance.invoke(context, message),
        ),
      onFailure,
    });
  }

  get(type: string): ServedFunction | undefined {
    return this.#functions.get(type);
  }

  types(): readonly string[] {
    return [...this.#functions.keys()].sort();
  }

  #add(parts: Omit<BoundFunctionParts, 'logger' | 'clock'>): this {
    const { logger = standardErrorLogger(), clock } = this.#options;
    this.#functions.set(parts.type, new BoundFunction({ ...parts, logger, ...(clock === undefined ? {} : { clock }) }));
    return this;
  }

  #ensureNew(type: string): void {
    ensureFunctionType(type, 'the type of a served function');
    if (!this.#functions.has(type)) return;
    throw new StatefunError('DUPLICATE_FUNCTION_TYPE', `two functions are served as "${type}".`, { facts: { type } });
  }
}

function notCallable(type: string, given: unknown, expected: string): StatefunError {
  return new StatefunError('FUNCTION_NOT_CALLABLE', `"${type}" is to be served by ${describe(given)}, which is not ${expected}.`, {
    facts: { type },
  });
}
