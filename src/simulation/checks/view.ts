import { stateCollection } from '../../engine/partition/activation.ts';
import type { DeadLetter } from '../../engine/partition/dead-letters.ts';
import type { Engine } from '../../engine/engine.ts';
import { RemoteState } from '../../engine/partition/remote/remote-state.ts';
import type { FunctionRegistry } from '../../functions/function-registry.ts';
import { parseAddress, type Address } from '../../shared/address.ts';
import { functionTypeOf, type FunctionTarget } from '../../shared/function-target.ts';
import { AddressState } from '../../state/address-state.ts';
import type { MemoryStore } from '../../storage/memory-store.ts';
import type { EgressedEvent } from '../../testing/egressed-event.ts';
import type { DelayedEvent } from '../../testing/sent-event.ts';
import { ownState, subscribersIn } from '../../testing/own-state.ts';
import type { StateSnapshot } from '../../testing/expectations/state-expectation.ts';
import type { ObservedPartition } from '../world/observed-partition.ts';

/** What an invariant can look at, as it is between two steps of a run. */
export interface SimulationView {
  /** What an address keeps after its last successful invocation, by name of the cell; cells that hold nothing are left out. */
  state(target: FunctionTarget, id: string): StateSnapshot;
  /** Who is subscribed to an address. */
  subscribers(target: FunctionTarget, id: string): readonly Address[];
  /** The ids of a function that keep something, sorted. */
  ids(target: FunctionTarget): readonly string[];
  /** Events that have left, each once, in the order in which they first did; of one egress, or of all. */
  egress(egressId?: string): readonly EgressedEvent[];
  deadLetters(): readonly DeadLetter[];
  /** Delayed messages that are not due yet, by due time. */
  pending(): readonly DelayedEvent[];
  /** Messages that wait for a handler, a retry or a state read. */
  readonly messagesPending: number;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

export interface ViewSources {
  readonly engine: Engine;
  readonly partition: ObservedPartition;
  readonly functions: FunctionRegistry;
  readonly durable: MemoryStore;
  readonly left: readonly EgressedEvent[];
  readonly now: () => number;
}

type StoredSources = Pick<ViewSources, 'functions' | 'durable' | 'partition'>;

const statePrefix = 'state/';

/** The view of one run of the engine. */
export function createView(sources: ViewSources): SimulationView {
  const { engine, partition, left, now } = sources;
  return {
    state: (target, id) => ownState(snapshotOf(sources, { type: functionTypeOf(target), id })),
    subscribers: (target, id) => subscribersIn(snapshotOf(sources, { type: functionTypeOf(target), id })),
    ids: (target) => addressesWithState(sources).flatMap(({ type, id }) => (type === functionTypeOf(target) ? [id] : [])),
    egress: (egressId) => left.filter((event) => egressId === undefined || event.egressId === egressId),
    deadLetters: () => engine.deadLetters(),
    pending: () =>
      partition.delayed.list().map(({ message, dueAt, token }) => ({ to: message.target, event: message.envelope.event, dueAt, token })),
    get messagesPending() {
      return partition.mailboxes.messages;
    },
    get now() {
      return now();
    },
  };
}

/** Addresses that keep something in memory or in the store, sorted. */
export function addressesWithState({ partition, durable }: Pick<ViewSources, 'partition' | 'durable'>): readonly Address[] {
  const names = new Set(durable.collections(statePrefix).map((collection) => collection.slice(statePrefix.length)));
  for (const name of partition.touched) {
    const live = partition.mailboxes.addresses.find(parseAddress(name))?.held;
    if (live === undefined) continue;
    if (Object.keys(live.snapshot()).length > 0) names.add(name);
    else names.delete(name);
  }
  return [...names].sort().map(parseAddress);
}

/** What is in memory goes before what is stored: the store learns of it with the next commit. */
export function snapshotOf(sources: ViewSources, address: Address): StateSnapshot {
  const live = sources.partition.mailboxes.addresses.find(address)?.held;
  return live?.snapshot() ?? storedSnapshot(sources, address);
}

/** What the store holds of an address. */
export function storedSnapshot({ functions, durable, partition }: StoredSources, address: Address): StateSnapshot {
  const registered = functions.find(address.type);
  if (registered === undefined) throw functions.unknown(address.type, 'asked for its state');
  const entries = durable.load(stateCollection(address));
  if (registered.kind === 'class') return new AddressState(registered.cells, entries).snapshot();
  return new RemoteState(partition.remoteTypes.ensure(address.type).states, entries).snapshot();
}
