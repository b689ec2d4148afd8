import type { InvocationHost } from '../functions/invocation-host.ts';
import type { FunctionRegistry } from '../functions/registry.ts';
import type { SubscriptionSettings } from '../functions/subscriptions.ts';
import type { Address } from '../shared/address.ts';
import type { Logger } from '../shared/logger.ts';
import type { Metrics, MetricsRegistry } from '../shared/metrics.ts';

export interface InvocationHostOptions {
  readonly functions: FunctionRegistry;
  readonly egressIds: readonly string[];
  readonly subscriptions: SubscriptionSettings;
  readonly logger: Logger;
  readonly metrics: MetricsRegistry;
  readonly isTokenPending: (address: Address, token: string) => boolean;
}

/** What attempts may ask of the embedded engine. */
export function createInvocationHost({
  functions,
  egressIds,
  subscriptions,
  logger,
  metrics,
  isTokenPending,
}: InvocationHostOptions): InvocationHost {
  const scopes = new Map<string, Metrics>();
  return {
    isRegistered: (type) => functions.has(type),
    unknownFunction: (type, from) => functions.unknown(type, from),
    egressIds,
    subscriptions,
    logger,
    isTokenPending,
    metrics(type) {
      let scope = scopes.get(type);
      if (scope === undefined) scopes.set(type, (scope = metrics.scope(type)));
      return scope;
    },
  };
}
