import { formatAddress, type Address } from '../../../shared/address.ts';
import { systemClock, type Clock } from '../../../shared/time/clock.ts';
import { toHandlerError } from '../../../functions/failure-policy.ts';
import { StatefunError } from '../../../shared/errors.ts';
import type { Logger } from '../../../shared/logger.ts';
import type { BatchedMessage, BatchResult, InvocationBatch, StateSpec } from '../../../functions/remote/invocation-batch.ts';
import type { ServedFunction } from '../served-function.ts';
import { AddressStorage } from './address-storage.ts';
import { BatchEffects } from './batch-effects.ts';
import { InvocationContext, type BatchSurroundings } from './invocation-context.ts';
import type { DeclaredState } from './state-declaration.ts';
import { TypedMessage } from './typed-message.ts';

/** The parts of a bound function, without the type parameters of `bind` and `register`. */
export interface BoundFunctionParts {
  readonly type: string;
  readonly states: readonly DeclaredState[];
  readonly invoke: (context: InvocationContext, message: TypedMessage, storage: AddressStorage) => unknown;
  readonly onFailure: ((error: Error, context: InvocationContext, message: TypedMessage) => unknown) | undefined;
  readonly logger: Logger;
  readonly clock?: Clock;
}

/** Serves a bound or registered function to the request-reply handler: the messages of a batch one after the other. */
export class BoundFunction implements ServedFunction {
  readonly type: string;
  readonly states: readonly StateSpec[];
  readonly #parts: BoundFunctionParts;
  readonly #declared: ReadonlyMap<string, DeclaredState>;

  constructor(parts: BoundFunctionParts) {
    this.type = parts.type;
    this.states = parts.states.map(({ spec }) => spec);
    this.#parts = parts;
    this.#declared = new Map(parts.states.map((state) => [state.property, state]));
  }

  async handle({ target, states, invocations }: InvocationBatch): Promise<BatchResult> {
    const storage = new AddressStorage(this.type, this.#declared, states);
    const effects = new BatchEffects();
    const { logger, clock = systemClock } = this.#parts;
    const batch = { self: target, storage, effects, clock, logger };
    for (const [index, invocation] of invocations.entries()) {
      try {
        await this.#handleMessage(batch, invocation);
      } catch (thrown) {
        throw failed(target, index, invocations, thrown);
      }
    }
    return effects.result(storage.mutations());
  }

  async #handleMessage(batch: BatchSurroundings, { caller, argument }: BatchedMessage): Promise<void> {
    const { invoke, onFailure } = this.#parts;
    const message = new TypedMessage(batch.self, argument);
    try {
      await this.#attempt(batch, caller, (context) => invoke(context, message, batch.storage));
    } catch (thrown) {
      if (onFailure === undefined) throw thrown;
      const error = toHandlerError(thrown);
      const fields = { address: formatAddress(batch.self), typename: argument.typename, error };
      batch.logger.warn('a message failed; onFailure handles it', fields);
      await this.#attempt(batch, caller, (context) => onFailure(error, context, message));
    }
  }

  /** Runs an attempt, and rolls its effects back if it fails. */
  async #attempt(batch: BatchSurroundings, caller: Address | undefined, run: (context: InvocationContext) => unknown): Promise<void> {
    const context = new InvocationContext(batch, caller);
    batch.storage.begin();
    batch.effects.begin();
    try {
      await run(context);
    } catch (thrown) {
      batch.storage.rollback();
      batch.effects.rollback();
      throw thrown;
    } finally {
      context.close();
    }
  }
}

function failed(target: Address, index: number, invocations: readonly BatchedMessage[], thrown: unknown): StatefunError {
  const error = toHandlerError(thrown);
  const typename = invocations[index]?.argument.typename;
  const place = `message ${index + 1} of ${invocations.length} ("${typename}")`;
  const reason = StatefunError.is(error) ? `${error.code}: ${error.summary}` : `${error.name}: ${error.message}`;
  return new StatefunError('FUNCTION_FAILED', `${formatAddress(target)} failed at ${place}: ${reason}`, {
    facts: { address: target, index, typename },
    cause: error,
  });
}
