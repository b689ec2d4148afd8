/** `statefun/storage`: the store without an engine, for measurements, checks and tools. */
export { openLogStore, type LogRecovery, type LogStore, type LogStoreOptions } from './storage/log-store.ts';
export { MemoryStore } from './storage/memory-store.ts';
export type { StoreIdentity } from './storage/state-folder.ts';
export type { Store, StoreChange, StoredEntry, StoreStats, WritableValue } from './storage/store.ts';
