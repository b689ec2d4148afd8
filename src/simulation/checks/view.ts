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

/** The state of a run between two steps, for invariants. */
export interface SimulationView {
  /** Returns the state of an address after its last successful invocation, by cell name. Empty cells are left out. */
  state(target: FunctionTarget, id: string): StateSnapshot;
  /** Returns the subscribers of an address. */
  subscribers(target: FunctionTarget, id: string): readonly Address[];
  /** Returns the ids of a function that have state, sorted. */
  ids(target: FunctionTarget): readonly string[];
  /** Returns the events sent to one egress or to all, each once, in the order in which they were first sent. */
  egress(egressId?: string): readonly EgressedEvent[];
  deadLetters(): readonly DeadLetter[];
  /** Returns the delayed messages that are not due yet, by due time. */
  pending(): readonly DelayedEvent[];
  /** Number of messages that wait for a handler, a retry or a state read. */
  readonly messagesPending: number;
  /** The time of the clock, in milliseconds since the epoch. */
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

/** Creates the view of one run of the engine. */
export function createView(sources: ViewSources): SimulationView {
  const { engine, partition, left, now } = sources;
  return {
    state: (target, id) => ownState(snapshotOf(sources, { type: functionTypeOf(target), id })),
    subscribers: (target, id) => subscribersIn(snapshotOf(sources, { type: functionTypeOf(target), id })),
    ids: (target) => addressesWithState(sources).flatMap(({ type, id }) => (type === functionTypeOf(target) ? [id] : [])),
    egress: (egressId) => left.filter((event) => egressId === undefined || event.egressId === egressId),
    deadLetters: () => engine.deadLetters(),
    pending: () =>
      partition.delayed
        .list()
        .map(({ message, dueAt, token }) => ({ to: message.target, event: message.envelope.event, dueAt, cancellationToken: token })),
    get messagesPending() {
      return partition.mailboxes.messages;
    },
    get now() {
      return now();
    },
  };
}

/** Returns the addresses with state in memory or in the store, sorted. */
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

/** Returns the state of an address. State in memory takes precedence, since the store gets it with the next commit. */
export function snapshotOf(sources: ViewSources, address: Address): StateSnapshot {
  const live = sources.partition.mailboxes.addresses.find(address)?.held;
  return live?.snapshot() ?? storedSnapshot(sources, address);
}

/** Returns the state of an address in the store. */
export function storedSnapshot({ functions, durable, partition }: StoredSources, address: Address): StateSnapshot {
  const registered = functions.find(address.type);
  if (registered === undefined) throw functions.unknown(address.type, 'asked for its state');
  const entries = durable.load(stateCollection(address));
  if (registered.kind === 'class') return new AddressState(registered.cells, entries).snapshot();
  return new RemoteState(partition.remoteTypes.ensure(address.type).states, entries).snapshot();
}
