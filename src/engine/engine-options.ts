import type { Egress } from '../egress/egress.ts';
import type { Router } from '../forwarders/router.ts';
import type { FunctionRegistry } from '../functions/function-registry.ts';
import type { InvocationScope } from '../functions/invocation-host.ts';
import type { SubscriptionOptions } from '../functions/subscriptions.ts';
import type { Ingress } from '../ingress/ingress.ts';
import type { Clock } from '../shared/time/clock.ts';
import type { Logger } from '../shared/logger.ts';
import type { MetricsRegistry } from '../shared/metrics.ts';
import type { Store } from '../storage/store.ts';
import type { EngineLimits } from './partition/limits.ts';
import type { Pace } from './commit/pace.ts';
import { Partition, type PartitionOptions } from './partition/partition.ts';
import type { UnmatchedEvents } from '../forwarders/routing.ts';

export interface EngineOptions {
  readonly functions: FunctionRegistry;
  readonly router: Router;
  readonly ingress: readonly Ingress[];
  readonly egress: readonly Egress[];
  /** Closed by the engine when it stops. */
  readonly store: Store;
  readonly clock?: Clock;
  readonly logger?: Logger;
  readonly metrics?: MetricsRegistry;
  /** Runs every handler; see {@link InvocationScope}. */
  readonly invocationScope?: InvocationScope | undefined;
  readonly subscriptions?: SubscriptionOptions;
  readonly limits?: Partial<EngineLimits>;
  /** @defaultValue `'dead-letter'` */
  readonly unmatchedEvents?: UnmatchedEvents;
  /** Decides when turns run. @defaultValue the pace of the process */
  readonly pace?: Pace;
  /** The room in the heap for objects that stay, in bytes: bounds what functions send. @defaultValue that of the process */
  readonly heapBytesMax?: number;
  /** Creates the partition; the simulation passes one that it observes. */
  readonly createPartition?: (options: PartitionOptions) => Partition;
}

export function createPartition(options: PartitionOptions): Partition {
  return new Partition(options);
}
