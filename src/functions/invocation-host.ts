import type { Address } from '../shared/address.ts';
import type { StatefunError } from '../shared/errors.ts';
import type { Logger } from '../shared/logger.ts';
import type { Metrics } from '../shared/metrics.ts';
import type { AttemptOrigin } from './attempt-origin.ts';
import type { Located } from './located.ts';
import type { Message } from './message.ts';
import type { SubscriptionSettings } from './subscriptions.ts';

/** Runs handlers so that code they call can find its attempt. */
export interface InvocationScope {
  /** Whether handlers run in the scope. It is off where nothing uses it, because it slows down every asynchronous step of the process. */
  readonly active: boolean;
  /** Calls the handler. Every operation it starts, awaited or not, belongs to the attempt. */
  run<T>(origin: AttemptOrigin, handler: () => T): T;
}

/** Limits the messages and records of all attempts together. Without it, only the limits of one invocation apply. */
export interface SendBudget {
  /**
   * Counts one more message or record of an attempt that has sent `own` so far. When it throws TOO_MANY_EFFECTS or TOO_MANY_MESSAGES, it counts
   * nothing.
   */
  reserve(own: { readonly count: number; readonly bytes: number }, bytes: number, sender: string): void;
  /** Called at the end of an attempt, when its effects become pending or are discarded. */
  release(own: { readonly count: number; readonly bytes: number }): void;
  /** Throws the same errors for effects that are sent together. */
  ensureRoom(own: { readonly count: number; readonly bytes: number }, sender: string): void;
}

/** The host of a function, for its attempts: the embedded engine, the request-reply server or the test kit. */
export interface InvocationHost {
  isRegistered(type: string): boolean;
  /** Returns the error for a function type that nothing handles. `from` names the sender. */
  unknownFunction(type: string, from: string): StatefunError;
  hasEgress(egressId: string): boolean;
  /** Returns the error for an egress that the application does not declare. `from` names the sender. */
  unknownEgress(egressId: string, from: string): StatefunError;
  /** Returns whether a delayed message of the address with the cancellation token is pending. */
  isCancellationTokenPending(address: Address, token: string): boolean;
  readonly subscriptions: SubscriptionSettings;
  /** Class of the messages that attempts send. @defaultValue `Message` */
  readonly messageClass?: typeof Message | undefined;
  /** Finds an address. Hosts without it look up the target of each message. */
  readonly locate?: ((address: Address) => Located) | undefined;
  readonly logger: Logger;
  readonly scope?: InvocationScope | undefined;
  readonly budget?: SendBudget | undefined;
  /** Returns counters whose names begin with the function type. */
  metrics(type: string): Metrics;
}
