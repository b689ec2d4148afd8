import { addressIdBytesMax, isTextWithin } from '../shared/address.ts';
import { describe, StatefunError } from '../shared/errors.ts';

/** Longest partition key, in UTF-8 bytes: it is written beside the payload. By default it is the id of the sender. */
export const partitionKeyBytesMax = addressIdBytesMax;

/**
 * The partition key of a record as it is written: UTF-8 cannot write half of a surrogate pair, which becomes U+FFFD at once, so that the
 * record has the same key before and after a restart. Throws PARTITION_KEY_INVALID for what is no text, or too long.
 */
export function toPartitionKey(key: unknown): string {
  if (isTextWithin(key, partitionKeyBytesMax)) return key.toWellFormed();
  const what = typeof key === 'string' ? `a text of ${Buffer.byteLength(key)} bytes` : describe(key);
  throw new StatefunError('PARTITION_KEY_INVALID', `${what} cannot be the partition key of a record.`, { facts: { partitionKeyBytesMax } });
}
