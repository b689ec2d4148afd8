import { Envelope } from '../../../envelope/envelope.ts';
import { assertInvariant } from '../../../shared/errors.ts';
import type { WritableValue } from '../../../storage/store.ts';

/*
 * An outbox batch: the records that one commit adds to the outbox of one egress, as one value. The records of an egress are numbered from 1,
 * without gaps, in the order in which they leave.
 *
 *    0  u64   number of the first record, little-endian
 *    8  u32   number of records
 *   12        records, each:  | bytes: u32 | envelope |
 */
const headerBytes = 12;
const lengthBytes = 4;

/** The records of a batch that is written. */
export class OutboxBatch implements WritableValue {
  readonly encodedBytesMax: number;
  readonly #first: number;
  readonly #envelopes: readonly Envelope[];

  /** `envelopesBytesMax` is the sum of `encodedBytesMax` of the envelopes. */
  constructor(first: number, envelopes: readonly Envelope[], envelopesBytesMax: number) {
    this.#first = first;
    this.#envelopes = envelopes;
    this.encodedBytesMax = headerBytes + lengthBytes * envelopes.length + envelopesBytesMax;
  }

  encodeInto(target: Buffer, offset: number): number {
    target.writeBigUInt64LE(BigInt(this.#first), offset);
    target.writeUInt32LE(this.#envelopes.length, offset + 8);
    let end = offset + headerBytes;
    for (const envelope of this.#envelopes) {
      const start = end + lengthBytes;
      const recordEnd = envelope.encodeInto(target, start);
      target.writeUInt32LE(recordEnd - start, end);
      end = recordEnd;
    }
    return end;
  }
}

/** A batch that was read. */
export interface DecodedBatch {
  /** Number of the first record. */
  readonly first: number;
  readonly envelopes: readonly Envelope[];
}

/** Returns the numbers of the records of a batch. */
export function numbersOfBatch(value: Uint8Array): { readonly first: number; readonly count: number } {
  const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  return { first: Number(bytes.readBigUInt64LE(0)), count: bytes.readUInt32LE(8) };
}

/** Throws when the bytes are not exactly one batch. */
export function decodeOutboxBatch(value: Uint8Array): DecodedBatch {
  const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  const { first, count } = numbersOfBatch(bytes);
  const envelopes: Envelope[] = [];
  let end = headerBytes;
  for (let left = count; left > 0; left -= 1) {
    const start = end + lengthBytes;
    end = start + bytes.readUInt32LE(end);
    envelopes.push(Envelope.decodeTrusted(bytes.subarray(start, end)));
  }
  assertInvariant(end === bytes.length && count > 0, 'an outbox batch holds its records and nothing else');
  return { first, envelopes };
}
