import type { Address } from '../shared/address.ts';
import type { StatefunError } from '../shared/errors.ts';
import type { Logger } from '../shared/logger.ts';
import type { Metrics } from '../shared/metrics.ts';
import type { AttemptOrigin } from './attempt-origin.ts';
import type { SubscriptionSettings } from './subscriptions.ts';

/** Surrounds handlers, so that what they call can know which invocation it works for. */
export interface InvocationScope {
  /** Whether handlers run inside it: where nobody would notice they do not, since it costs every asynchronous step of the process. */
  readonly active: boolean;
  /** Calls the handler; whatever it starts, awaited or not, belongs to the attempt. */
  run<T>(origin: AttemptOrigin, handler: () => T): T;
}

/** Bounds what attempts send; where there is none, only the limits of one invocation count. */
export interface SendBudget {
  /**
   * Counts one more message or record, of an attempt that has sent `own` so far. Throws TOO_MANY_EFFECTS or TOO_MANY_MESSAGES, and counts
   * nothing then.
   */
  reserve(own: { readonly count: number; readonly bytes: number }, bytes: number, sender: string): void;
  /** The attempt has ended: what it sent is pending, or thrown away. */
  release(own: { readonly count: number; readonly bytes: number }): void;
  /** Throws the same for what is sent together. */
  ensureRoom(own: { readonly count: number; readonly bytes: number }, sender: string): void;
}

/** What an attempt may ask of whoever hosts the function: the embedded engine, the request-reply server, the test kit. */
export interface InvocationHost {
  isRegistered(type: string): boolean;
  /** The error for a function type that nothing handles. */
  unknownFunction(type: string, from: string): StatefunError;
  hasEgress(egressId: string): boolean;
  /** The error for an egress that the application does not declare. */
  unknownEgress(egressId: string, from: string): StatefunError;
  /** Whether a delayed message of the address with the token is pending. */
  isTokenPending(address: Address, token: string): boolean;
  readonly subscriptions: SubscriptionSettings;
  readonly logger: Logger;
  readonly scope?: InvocationScope | undefined;
  readonly budget?: SendBudget | undefined;
  /** Counters scoped to a function type. */
  metrics(type: string): Metrics;
}
