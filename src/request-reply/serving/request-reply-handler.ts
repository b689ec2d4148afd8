import { formatAddress } from '../../shared/address.ts';
import { StatefunError, toError } from '../../shared/errors.ts';
import { RejectionLog } from '../../shared/http/rejection-log.ts';
import type { Logger } from '../../shared/logger.ts';
import { encodeFromFunction } from '../protocol/encode-response.ts';
import type { BatchResponse, InvocationBatch, StateSpec } from '../../functions/remote/invocation-batch.ts';
import { decodeToFunction } from '../protocol/request.ts';
import type { ServedFunction, ServedFunctions } from './served-function.ts';
import { standardErrorLogger } from './standard-error-logger.ts';

/** Options of a RequestReplyHandler. */
export interface RequestReplyOptions {
  /** The logger for failed calls, with their address and cause. @defaultValue standard error */
  readonly logger?: Logger;
}

/**
 * Handles StateFun's request-reply protocol: bytes in, bytes out. Mount it on any server, or use the mounts `serveFunctions`, `requestListener`
 * and `lambdaHandler`.
 *
 * 1. A batch is handled when all states that the function always needs are attached. Before, the response names the missing ones, at least one.
 * 2. A failure rejects. It is never returned as bytes: zero bytes are a success without effects, and a runtime would drop the messages.
 */
export class RequestReplyHandler {
  readonly #functions: ServedFunctions;
  readonly #logger: Logger;
  /** @internal The log of requests that are no calls. */
  readonly rejections: RejectionLog;

  constructor(functions: ServedFunctions, options: RequestReplyOptions = {}) {
    this.#functions = functions;
    this.#logger = options.logger ?? standardErrorLogger();
    this.rejections = new RejectionLog(this.#logger);
  }

  /** Returns the served function types, sorted. */
  types(): readonly string[] {
    return this.#functions.types();
  }

  /**
   * Handles a request and returns the response. The bytes of the request must not change afterwards. Rejects with PROTOCOL_MESSAGE_UNREADABLE,
   * PROTOCOL_MESSAGE_TOO_LARGE, UNKNOWN_FUNCTION, STATE_TYPE_CHANGED, and FUNCTION_FAILED with the error of the function as its cause.
   */
  async handle(request: Uint8Array): Promise<Uint8Array> {
    let batch: InvocationBatch | undefined;
    try {
      batch = decodeToFunction(request);
      return encodeFromFunction(await this.#respond(batch));
    } catch (thrown) {
      // Anyone can send bytes, so requests that are no calls are logged up to a rate.
      if (batch === undefined) this.rejections.rejected({ bytes: request.byteLength, error: thrown });
      else this.#logger.error('a call failed', { address: formatAddress(batch.target), messages: batch.invocations.length, error: thrown });
      throw toError(thrown);
    }
  }

  async #respond(batch: InvocationBatch): Promise<BatchResponse> {
    const served = this.#functions.get(batch.target.type) ?? this.#unknown(batch);
    const missing = missingStates(served.states, batch);
    if (missing.length > 0) return { kind: 'incomplete', missing };
    ensureTypes(served, batch);
    return served.handle(batch);
  }

  #unknown({ target }: InvocationBatch): never {
    const served = this.types();
    const summary = `nothing here handles function type "${target.type}" (id "${target.id}"). Served types: ${served.join(', ') || 'none'}.`;
    throw new StatefunError('UNKNOWN_FUNCTION', summary, {
      hint: 'Serve the function here, or correct `functions` of the endpoint in module.yaml.',
      facts: { type: target.type, registered: served },
    });
  }
}

/** Returns the states that are not attached, by name. A state without a value can be attached. */
function missingStates(declared: readonly StateSpec[], { states }: InvocationBatch): readonly StateSpec[] {
  if (declared.length === 0) return [];
  const attached = new Set(states.map(({ name }) => name));
  return declared.filter(({ name }) => !attached.has(name));
}

/** Throws STATE_TYPE_CHANGED if a state has another type. Ignores undeclared states, which belong to other versions of the function. */
function ensureTypes({ type, states, statesOnDemand = [] }: ServedFunction, batch: InvocationBatch): void {
  const declared = new Map([...states, ...statesOnDemand].map(({ name, typename }) => [name, typename]));
  for (const { name, value } of batch.states) {
    const typename = declared.get(name);
    if (typename === undefined || value?.hasValue !== true || value.typename === typename) continue;
    const summary = `state "${name}" of "${type}" is declared as "${typename}", but stored as "${value.typename}" (${formatAddress(batch.target)}).`;
    throw new StatefunError('STATE_TYPE_CHANGED', summary, {
      facts: { functionType: type, state: name, typename, stored: value.typename },
    });
  }
}
