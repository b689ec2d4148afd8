import { formatAddress } from '../../shared/address.ts';
import { StatefunError, toError } from '../../shared/errors.ts';
import { RejectionLog } from '../../shared/http/rejection-log.ts';
import type { Logger } from '../../shared/logger.ts';
import { encodeFromFunction } from '../protocol/encode-response.ts';
import type { BatchResponse, InvocationBatch, StateSpec } from '../../functions/remote/invocation-batch.ts';
import { decodeToFunction } from '../protocol/request.ts';
import type { ServedFunction, ServedFunctions } from './served-function.ts';
import { standardErrorLogger } from './standard-error-logger.ts';

export interface RequestReplyOptions {
  /** Where every call that fails is told, with its address and cause. @defaultValue standard error */
  readonly logger?: Logger;
}

/**
 * Functions behind StateFun's request-reply protocol: bytes in, bytes out. Mount it on any server; `serveFunctions`, `requestListener` and
 * `lambdaHandler` are such mounts.
 *
 * 1. A batch is handled once all states that the function always needs are attached; before, the answer names those that are missing, and
 *    never none.
 * 2. A failure rejects. It is never an answer, because zero bytes are a success without effects, and a runtime would drop the messages.
 */
export class RequestReplyHandler {
  readonly #functions: ServedFunctions;
  readonly #logger: Logger;
  /** @internal Where requests that are no calls are logged. */
  readonly rejections: RejectionLog;

  constructor(functions: ServedFunctions, options: RequestReplyOptions = {}) {
    this.#functions = functions;
    this.#logger = options.logger ?? standardErrorLogger();
    this.rejections = new RejectionLog(this.#logger);
  }

  /** The served function types, sorted. */
  types(): readonly string[] {
    return this.#functions.types();
  }

  /**
   * Answers a request. The bytes of the request must not change afterwards. Rejects with PROTOCOL_MESSAGE_UNREADABLE, PROTOCOL_MESSAGE_TOO_LARGE, UNKNOWN_FUNCTION,
   * STATE_TYPE_CHANGED, and FUNCTION_FAILED with what the function threw as its cause.
   */
  async handle(request: Uint8Array): Promise<Uint8Array> {
    let batch: InvocationBatch | undefined;
    try {
      batch = decodeToFunction(request);
      return encodeFromFunction(await this.#respond(batch));
    } catch (thrown) {
      // Anyone can send bytes, so what is no call is logged up to a rate.
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

/** By name only: a state that is attached without a value is there. */
function missingStates(declared: readonly StateSpec[], { states }: InvocationBatch): readonly StateSpec[] {
  if (declared.length === 0) return [];
  const attached = new Set(states.map(({ name }) => name));
  return declared.filter(({ name }) => !attached.has(name));
}

/** States that the function does not declare are those of another version of it, and none of its business. */
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
