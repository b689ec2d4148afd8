import type { CloudEvent, NewEvent } from '../envelope/cloud-event.ts';
import type { Address } from '../shared/address.ts';
import { StatefunError } from '../shared/errors.ts';
import { toIsoTime } from '../shared/time/iso-time.ts';
import { ignoreRejection, isThenable, settled } from '../shared/thenable.ts';
import type { AddressState } from '../state/address-state.ts';
import { AttemptContext } from './attempt-context.ts';
import { AttemptOrigin } from './attempt-origin.ts';
import type { FunctionDefinition, HandlerDefinition } from './function-definition.ts';
import type { Effects } from './effects.ts';
import type { FailurePolicy } from './failure-policy.ts';
import type { InvocationHost } from './invocation-host.ts';
import type { Message } from './message.ts';
import {
  addSubscriber,
  readSubscription,
  removeSubscriber,
  subscribersOf,
  toAddress,
  toAddressData,
  type AddressData,
  type SubscriptionRequest,
} from './subscriptions.ts';

type Instance = Readonly<Record<string, (...parameters: unknown[]) => unknown>>;

/**
 * One try at an invocation: the interface between functions and their host. It takes definition, instance, message and state, and returns effects.
 * It is the context of its handler at the same time.
 *
 * FUNCTION-A1. Before `keep`, nothing is visible outside: changes of state are staged, effects are collected.
 * FUNCTION-A2. After `keep` or `discard` the context and the cells throw ATTEMPT_ENDED.
 * FUNCTION-A3. Exactly one of `keep` and `discard` is called, by the host, after `start` returned, threw, or its promise settled or timed
 *     out.
 */
export class Attempt extends AttemptContext {
  readonly #definition: FunctionDefinition;
  readonly #instance: Instance;
  /** Undefined when handlers run without a scope. */
  #origin: AttemptOrigin | undefined;

  constructor(
    definition: FunctionDefinition,
    instance: object,
    message: Message,
    state: AddressState,
    host: InvocationHost,
    nowMs: number,
  ) {
    super(message, state, host, nowMs);
    this.#definition = definition;
    // Safe: only methods recorded by decorators of this class are called.
    this.#instance = instance as Instance;
  }

  /** Retries, timeout and reaction to failure. */
  get policy(): FailurePolicy {
    return this.#definition.policy;
  }

  /** Runs the handler. Returns a promise when it is asynchronous. Throws the errors of the handler. */
  start(): Promise<void> | undefined {
    this.state.begin();
    const { request, caller } = this.message;
    if (request !== undefined && caller !== undefined) return this.#handleRequest(request, toAddressData(caller), caller);
    const { event } = this.message;
    if (event.type === this.host.subscriptions.eventType) return this.#handleSubscription(event);
    const handler = this.#definition.handlers.get(event.type) ?? this.#definition.catchAll;
    if (handler === undefined) throw this.#unhandled(event);
    return this.#call(handler, event);
  }

  /** Ends a successful attempt: keeps its changes of state and returns its effects. */
  keep(): Effects {
    this.close();
    this.#origin?.end();
    this.state.keep();
    return this;
  }

  /** Ends a failed or abandoned attempt: undoes its changes of state and drops its effects. */
  discard(): void {
    // Listeners of the signal are the handler's: what they leave behind belongs to the attempt. Where no handler ran there are none.
    if (this.#origin === undefined) this.abort();
    else this.#inScope(() => this.abort());
    this.#origin?.end();
    this.state.discard();
  }

  #call(handler: HandlerDefinition, event: CloudEvent): Promise<void> | undefined {
    const view = handler.eventType === undefined ? event : handler.eventType.check(event);
    this.view = view;
    return this.host.scope?.active === true ? this.#inScope(() => this.#handle(handler, view)) : this.#handle(handler, view);
  }

  /** Calls the handler, and the `then` of what it returns: both are code of the application. */
  #handle({ method }: HandlerDefinition, view: CloudEvent): Promise<void> | undefined {
    const result = this.#instance[method]?.(view, this);
    // A thenable is awaited like a promise, as `await` does. Some do their work only when asked.
    if (!isThenable(result)) return undefined;
    return this.#origin === undefined ? settled(result) : this.#origin.settled(result);
  }

  /** Runs code of the application; what it starts belongs to the attempt. */
  #inScope<T>(run: () => T): T {
    const { scope, logger } = this.host;
    if (scope?.active !== true) return run();
    this.#origin ??= new AttemptOrigin(this.self, this.messageId, logger);
    return scope.run(this.#origin, run);
  }

  #handleSubscription(event: CloudEvent): undefined {
    const { action, subscriber, correlationId } = readSubscription(event);
    const address = toAddress(subscriber);
    if (!this.host.isRegistered(address.type)) throw this.host.unknownFunction(address.type, `subscriber in event ${event.id}`);
    return this.#handleRequest({ action, correlationId }, subscriber, address);
  }

  #handleRequest({ action, correlationId }: SubscriptionRequest, subscriber: AddressData, address: Address): undefined {
    if (action === 'UNSUBSCRIBE') {
      removeSubscriber(subscribersOf(this.state), subscriber);
      return;
    }
    if (action === 'SUBSCRIBE') {
      const { namespace, type, id } = subscriber;
      addSubscriber(subscribersOf(this.state), { namespace, type, id, dateCreated: toIsoTime(this.now()), correlationId });
    }
    const current = this.#currentEvent();
    if (current !== undefined) this.sendTo(address, current);
  }

  #currentEvent(): NewEvent | CloudEvent | undefined {
    const { onSubscribe } = this.#definition;
    if (onSubscribe === undefined) return undefined;
    // Safe: the type of the decorator accepts only methods of this shape.
    const current = this.#inScope(() => {
      const answer = this.#instance[onSubscribe]?.() as NewEvent | CloudEvent | undefined;
      // Nothing awaits it, and an unhandled rejection would end the process.
      if (isThenable(answer)) ignoreRejection(answer);
      return answer;
    });
    if (!isThenable(current)) return current;
    const summary = `@OnSubscribe ${onSubscribe}() of "${this.#definition.type}" returned a promise; it must be synchronous.`;
    throw new StatefunError('ON_SUBSCRIBE_ASYNC', summary, { facts: { functionType: this.#definition.type, method: onSubscribe } });
  }

  #unhandled(event: CloudEvent): StatefunError {
    const handled = [...this.#definition.handlers.keys()].sort().join(', ');
    return new StatefunError(
      'UNHANDLED_EVENT_TYPE',
      `function "${this.#definition.type}" has no handler for event type "${event.type}" (event ${event.id}). It handles: ${handled || 'nothing'}.`,
      { facts: { functionType: this.#definition.type, eventType: event.type, eventId: event.id } },
    );
  }
}
