import type { AssembledApplication } from '../application/assemble.ts';
import { memoryIngress } from '../connectors/memory/memory-ingress.ts';
import { stateCollection } from '../engine/partition/activation.ts';
import { Engine } from '../engine/engine.ts';
import type { FunctionRegistry } from '../functions/function-registry.ts';
import { ensureAddressId, type Address } from '../shared/address.ts';
import type { Clock } from '../shared/time/clock.ts';
import { functionTypeOf, type FunctionTarget } from '../shared/function-target.ts';
import type { Logger } from '../shared/logger.ts';
import { MemoryStore } from '../storage/memory-store.ts';
import { encodeGivenState, type GivenState } from './given-state.ts';

/** The state of one address before the test. */
export interface GivenAddress {
  readonly function: FunctionTarget;
  readonly id: string;
  /** The state by cell name: values, tables as objects, lists as arrays. */
  readonly state?: GivenState;
  /** The addresses subscribed before the test. */
  readonly subscribers?: readonly Address[];
}

/** One engine with a store in memory. A test can run several, one after the other, for one application. */
export interface TestRun {
  readonly engine: Engine;
  /** Delivers a record. Resolves when the engine has taken it. */
  readonly put: (data: string | Uint8Array) => Promise<void>;
}

export interface TestRunOptions {
  readonly clock: Clock;
  readonly given: readonly GivenAddress[];
  readonly logger: Logger;
}

/** Starts an engine for an assembled application, with one ingress for the records of the test. */
export async function startTestRun(application: AssembledApplication, { clock, given, logger }: TestRunOptions): Promise<TestRun> {
  const { functions, router, egress, subscriptions, unmatchedEvents, invocationScope, health, healthIndicators } = application;
  const ingress = memoryIngress({ id: 'test' });
  const store = new MemoryStore();
  await giveState(store, functions, given, clock.now());
  const engine = new Engine({
    functions,
    router,
    egress,
    subscriptions,
    unmatchedEvents,
    invocationScope,
    ...application.engine,
    ingress: [ingress],
    clock,
    store,
    logger,
  });
  health.attach({ status: () => engine.status, storeStats: () => store.stats(), indicators: healthIndicators });
  await engine.start();
  health.started();
  return { engine, put: (data) => ingress.put([{ data }]) };
}

/** Writes the state of addresses before a test. */
export async function giveState(
  store: MemoryStore,
  functions: FunctionRegistry,
  given: readonly GivenAddress[],
  nowMs: number,
): Promise<void> {
  for (const { function: target, id, state = {}, subscribers = [] } of given) {
    const type = functionTypeOf(target);
    const registered = functions.get(type);
    if (registered === undefined) throw functions.unknown(type, 'state given to a test');
    const collection = stateCollection({ type, id: ensureAddressId(id, type) });
    await store.commit(encodeGivenState(registered, state, subscribers, nowMs).map((entry) => ({ collection, ...entry })));
  }
}
