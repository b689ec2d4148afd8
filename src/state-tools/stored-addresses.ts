import { stateCollection } from '../engine/partition/activation.ts';
import { decodeRemoteStates, remoteStatesCollection } from '../engine/partition/stored-entries.ts';
import { parseAddress, type Address } from '../shared/address.ts';
import type { StoreSnapshot } from '../storage/snapshot/store-snapshot.ts';
import { storedCells, type StoredCell } from './stored-cells.ts';

const statePrefix = 'state/';

/** Returns the address of a collection with state; undefined for the engine's own collections. */
export function addressOf(collection: string): Address | undefined {
  return collection.startsWith(statePrefix) ? parseAddress(collection.slice(statePrefix.length)) : undefined;
}

/** The stored state of one address. */
export interface StoredAddress extends Address {
  /** The commit that is shown, and the last commit that changed the address, 0 when nothing is stored. */
  readonly commit: number;
  readonly changedAt: number;
  readonly keys: number;
  /** Size in the log, names included. */
  readonly bytes: number;
  readonly cells: readonly StoredCell[];
}

export function readAddress(snapshot: StoreSnapshot, address: Address): StoredAddress {
  const entries = snapshot.load(stateCollection(address));
  return {
    ...address,
    commit: snapshot.commit,
    changedAt: entries.reduce((commit, entry) => Math.max(commit, entry.commit), 0),
    keys: entries.length,
    bytes: entries.reduce((bytes, entry) => bytes + entry.bytes, 0),
    cells: storedCells(entries, typenamesOf(snapshot, address.type)),
  };
}

/** Returns the types of the states that a remote function declared, by name. */
function typenamesOf(snapshot: StoreSnapshot, type: string): ReadonlyMap<string, string> {
  const declared = snapshot.load(remoteStatesCollection).find(({ key }) => key === type);
  const specs = declared === undefined ? [] : decodeRemoteStates(declared.value);
  return new Map(specs.map(({ name, typename }) => [name, typename]));
}

/** An address in a list of addresses of one type. */
export interface ListedAddress {
  readonly id: string;
  readonly keys: number;
  readonly bytes: number;
  readonly changedAt: number;
}

/** Returns the addresses of a type that have state, sorted by id. */
export function listAddresses(snapshot: StoreSnapshot, type: string): readonly ListedAddress[] {
  const addresses = new Map<string, { id: string; keys: number; bytes: number; changedAt: number }>();
  const prefix = `${statePrefix}${type}/`;
  snapshot.visit(
    (collection) => collection.startsWith(prefix),
    ({ collection, bytes, commit }) => {
      let listed = addresses.get(collection);
      if (listed === undefined)
        addresses.set(collection, (listed = { id: collection.slice(prefix.length), keys: 0, bytes: 0, changedAt: 0 }));
      listed.keys += 1;
      listed.bytes += bytes;
      listed.changedAt = Math.max(listed.changedAt, commit);
    },
  );
  return [...addresses.values()].sort((left, right) => (left.id < right.id ? -1 : 1));
}

/** Returns the function types that have state, sorted. It reads everything, so use it only when nothing was found for a type. */
export function storedTypes(snapshot: StoreSnapshot): readonly string[] {
  const types = new Set<string>();
  snapshot.visit(
    (collection) => collection.startsWith(statePrefix),
    ({ collection }) => {
      const address = addressOf(collection);
      if (address !== undefined) types.add(address.type);
    },
  );
  return [...types].sort();
}
