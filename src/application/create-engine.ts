import { Engine } from '../engine/engine.ts';
import type { Ingress } from '../ingress/ingress.ts';
import { namedLogger, type Logger } from '../shared/logger.ts';
import type { Store } from '../storage/store.ts';
import type { AssembledApplication } from './assemble.ts';

/** The engine of an application, which reports to its health. `own` are ingresses of the framework, beside those of the application. */
export function createEngine(application: AssembledApplication, store: Store, logger: Logger, own: readonly Ingress[]): Engine {
  const { functions, router, egress, subscriptions, unmatchedEvents, clock, invocationScope, health, healthIndicators } = application;
  const engine = new Engine({
    ...{ functions, router, egress, subscriptions, unmatchedEvents, clock, invocationScope },
    ...application.engine,
    ingress: [...application.ingress, ...own],
    store,
    logger: namedLogger(logger, 'engine'),
  });
  health.attach({ status: () => engine.status, storeStats: () => store.stats(), indicators: healthIndicators });
  return engine;
}
