import { addressIdBytesMax, isTextWithin } from '../shared/address.ts';
import { describe, StatefunError } from '../shared/errors.ts';

/** Longest partition key, in UTF-8 bytes. It equals the longest id, because the default key is the id of the sender. */
export const partitionKeyBytesMax = addressIdBytesMax;

/**
 * Returns the partition key to write. Lone surrogates become U+FFFD at once, because UTF-8 cannot encode them: so the record has the same key before
 * and after a restart. Throws PARTITION_KEY_INVALID for a value that is not a text, or too long.
 */
export function toPartitionKey(key: unknown): string {
  if (isTextWithin(key, partitionKeyBytesMax)) return key.toWellFormed();
  const what = typeof key === 'string' ? `a text of ${Buffer.byteLength(key)} bytes` : describe(key);
  throw new StatefunError('PARTITION_KEY_INVALID', `${what} cannot be the partition key of a record.`, { facts: { partitionKeyBytesMax } });
}
