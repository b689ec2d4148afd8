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

/** State an address has before the test. */
export interface GivenAddress {
  readonly function: FunctionTarget;
  readonly id: string;
  /** By name of the cell: values, tables as objects, lists as arrays. */
  readonly state?: GivenState;
  /** Addresses that are subscribed already. */
  readonly subscribers?: readonly Address[];
}

/** One engine over a store in memory; a test can have several, one after the other, of one application. */
export interface TestRun {
  readonly engine: Engine;
  /** Resolves when the record has been taken. */
  readonly put: (data: string | Uint8Array) => Promise<void>;
}

export interface TestRunOptions {
  readonly clock: Clock;
  readonly given: readonly GivenAddress[];
  readonly logger: Logger;
}

/** Starts an engine of an assembled application; its one ingress takes what the test puts in. */
export async function startTestRun(application: AssembledApplication, { clock, given, logger }: TestRunOptions): Promise<TestRun> {
  const { functions, router, egress, subscriptions, unmatchedEvents, invocationScope, health, healthIndicators } = application;
  const ingress = memoryIngress({ id: 'test' });
  const store = new MemoryStore();
  await giveState(store, functions, given, clock.now());
  const engine = new Engine({
    ...{ functions, router, egress, subscriptions, unmatchedEvents, invocationScope },
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

/** Writes the state that addresses have before a test. */
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
