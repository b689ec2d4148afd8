import type { Address } from '../shared/address.ts';
import type { StatefunError } from '../shared/errors.ts';
import type { LogFields, Logger } from '../shared/logger.ts';
import type { Metrics } from '../shared/metrics.ts';
import type { SubscriptionSettings } from './subscriptions.ts';

/** Surrounds handlers, so that what they call can know which invocation it works for. */
export interface InvocationScope {
  /** Whether handlers run inside it: where nobody would notice they do not, since it costs every asynchronous step of the process. */
  readonly active: boolean;
  /** Calls the handler; until it has settled its log lines carry the fields. */
  run<T>(fields: LogFields, handler: () => T): T;
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
  /** Counters scoped to a function type. */
  metrics(type: string): Metrics;
}
