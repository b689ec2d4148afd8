import { PendingMessage } from './activation.ts';
import type { InvocationHost, InvocationScope, SendBudget } from '../../functions/invocation-host.ts';
import type { FunctionRegistry } from '../../functions/function-registry.ts';
import type { Located } from '../../functions/located.ts';
import type { SubscriptionSettings } from '../../functions/subscriptions.ts';
import type { Address } from '../../shared/address.ts';
import { describe, StatefunError } from '../../shared/errors.ts';
import type { Logger } from '../../shared/logger.ts';
import type { Metrics, MetricsRegistry } from '../../shared/metrics.ts';

export interface InvocationHostOptions {
  readonly functions: FunctionRegistry;
  readonly egressIds: readonly string[];
  readonly subscriptions: SubscriptionSettings;
  readonly logger: Logger;
  readonly metrics: MetricsRegistry;
  readonly scope: InvocationScope | undefined;
  readonly budget: SendBudget;
  readonly isCancellationTokenPending: (address: Address, token: string) => boolean;
  readonly locate: (address: Address) => Located;
}

/** Creates the host of attempts on the embedded engine. */
export function createInvocationHost({
  functions,
  egressIds,
  subscriptions,
  logger,
  metrics,
  scope,
  budget,
  isCancellationTokenPending,
  locate,
}: InvocationHostOptions): InvocationHost {
  const scopes = new Map<string, Metrics>();
  return {
    isRegistered: (type) => functions.has(type),
    unknownFunction: (type, from) => functions.unknown(type, from),
    hasEgress: (egressId) => egressIds.includes(egressId),
    unknownEgress: (egressId, from) => unknownEgress(egressId, egressIds, from),
    subscriptions,
    messageClass: PendingMessage,
    logger,
    scope,
    budget,
    isCancellationTokenPending,
    locate,
    metrics(type) {
      let scoped = scopes.get(type);
      if (scoped === undefined) scopes.set(type, (scoped = metrics.scope(type)));
      return scoped;
    },
  };
}

/** Returns the error for an egress that is not declared. */
export function unknownEgress(egressId: string, declared: readonly string[], from: string): StatefunError {
  return new StatefunError(
    'UNKNOWN_EGRESS',
    `no egress ${describe(egressId)} is declared (${from}). Declared: ${declared.join(', ') || 'none'}.`,
    {
      facts: { egressId, declared },
    },
  );
}
