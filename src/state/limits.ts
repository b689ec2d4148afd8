import { addressIdBytesMax, functionTypeBytesMax } from '../shared/address.ts';

/**
 * How many entries one persisted table may hold. All of an address's state is loaded before a handler runs: more entries than this and
 * one message costs more than a disk seek. Spread larger sets over more addresses.
 */
export const tableEntriesMax = 100_000;

/** How long the key of a table entry may be, in UTF-8 bytes: the same as the id of an address. */
export const tableKeyBytesMax = 65_536;

/** How long a key may be in a table of the framework's own: the longest address, and room for what stands between its parts. */
export const ownTableKeyBytesMax = addressIdBytesMax + functionTypeBytesMax + 64;

/** How many bytes of state one address may hold, 16 MiB: on Flink all of it travels with every call, and a call is limited to 32 MiB. */
export const addressStateBytesMax = 16 * 1024 * 1024;

/**
 * From this estimated size in bytes a value is serialized when it is set, so that its size is exact. Lower serializes values that are set
 * again before the next commit for nothing; higher makes the limit of an address less certain.
 */
export const exactSizeBytesMin = 64 * 1024;

/** What an entry costs beside its key and value, in bytes: record headers in the log, objects in memory. */
export const entryOverheadBytes = 32;

/** How deep a JSON value may be nested: as deep as an event. A cycle reaches any depth, so this is also how cycles are found. */
export const jsonDepthMax = 500;
