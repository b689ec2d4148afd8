import { Engine } from '../engine/engine.ts';
import type { Ingress } from '../ingress/ingress.ts';
import { namedLogger, type Logger } from '../shared/logger.ts';
import type { Store } from '../storage/store.ts';
import type { AssembledApplication } from './assemble.ts';

/** Creates the engine of an application and attaches it to the application's health. `own` are additional ingresses of the framework. */
export function createEngine(application: AssembledApplication, store: Store, logger: Logger, own: readonly Ingress[]): Engine {
  const { functions, router, egress, subscriptions, unmatchedEvents, clock, invocationScope, health, healthIndicators } = application;
  const engine = new Engine({
    functions,
    router,
    egress,
    subscriptions,
    unmatchedEvents,
    clock,
    invocationScope,
    ...application.engine,
    ingress: [...application.ingress, ...own],
    store,
    logger: namedLogger(logger, 'engine'),
  });
  health.attach({ status: () => engine.status, storeStats: () => store.stats(), indicators: healthIndicators });
  return engine;
}
