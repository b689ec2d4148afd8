/** `statefun/storage`: the store without an engine, for measurements, checks and tools. */
export type { LogRecovery, LogStore, LogStoreStats } from './storage/log-store.ts';
export { openLogStore, type LogStoreOptions } from './storage/open-log-store.ts';
export { MemoryStore } from './storage/memory-store.ts';
export type { StoreIdentity } from './storage/folder/state-folder.ts';
export type { Store, StoreChange, StoredEntry, StoredValue, StoreStats, WritableValue } from './storage/store.ts';
