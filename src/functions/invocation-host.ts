import type { Address } from '../shared/address.ts';
import type { StatefunError } from '../shared/errors.ts';
import type { Logger } from '../shared/logger.ts';
import type { Metrics } from '../shared/metrics.ts';
import type { SubscriptionSettings } from './subscriptions.ts';

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
  /** Counters scoped to a function type. */
  metrics(type: string): Metrics;
}
