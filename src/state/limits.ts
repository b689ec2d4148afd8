import { addressIdBytesMax, functionTypeBytesMax } from '../shared/address.ts';

/**
 * Most entries of one persisted table. All state of an address is loaded before a handler runs, and with more entries one message costs more than a
 * disk seek. Spread larger sets over more addresses.
 */
export const tableEntriesMax = 100_000;

/** Longest key of a table entry, in UTF-8 bytes: the same as the longest id of an address. */
export const tableKeyBytesMax = 65_536;

/** Longest key in a table of the framework, in UTF-8 bytes: the longest address, and room for separators. */
export const ownTableKeyBytesMax = addressIdBytesMax + functionTypeBytesMax + 64;

/** Most bytes of state of one address, 16 MiB: on Flink every call carries all of it, and a call is limited to 32 MiB. */
export const addressStateBytesMax = 16 * 1024 * 1024;

/**
 * Estimated size in bytes from which a value is serialized when it is set, so that its size is exact. A lower limit wastes serializations of values
 * that are set again before the next commit; a higher one makes the limit of an address less exact.
 */
export const exactSizeBytesMin = 64 * 1024;

/** Overhead of an entry beside its key and value, in bytes: entry headers in the log, objects in memory. */
export const entryOverheadBytes = 32;

/** Most levels of a JSON value, the same as in an event. A cycle exceeds every limit, so this also finds cycles. */
export const jsonDepthMax = 500;
