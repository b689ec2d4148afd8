import { describe, expect, it } from '@jest/globals';
import { decodeOutboxBatch, numbersOfBatch, OutboxBatch } from '../../../../src/engine/partition/outbox/outbox-batch.ts';
import { Envelope } from '../../../../src/envelope/envelope.ts';
import { toBytes } from '../../../../src/storage/store.ts';

const envelopeOf = (payload: string, messageId: string): Envelope => Envelope.ofTrustedPayload(payload, { messageId });

function batchOf(first: number, envelopes: readonly Envelope[]): Uint8Array {
  const bytesMax = envelopes.reduce((sum, { encodedBytesMax }) => sum + encodedBytesMax, 0);
  return toBytes(new OutboxBatch(first, envelopes, bytesMax));
}

describe('OutboxBatch', () => {
  it('is written as its layout says: first number, count, and each envelope behind its length', () => {
    const bytes = batchOf(7, [envelopeOf('{}', 'a'), envelopeOf('[]', 'bc')]);
    // Envelopes: field 1 with the payload (0a), field 3 with the message id (1a).
    const expected = ['0700000000000000', '02000000', '07000000', '0a027b7d', '1a0161', '08000000', '0a025b5d', '1a026263'];
    expect(Buffer.from(bytes).toString('hex')).toBe(expected.join(''));
  });

  it('is read as it was written, from the middle of a larger buffer too, with numbers beyond 32 bits', () => {
    const bytes = batchOf(2 ** 40 + 3, [envelopeOf('{"é":"€"}', 'a'), envelopeOf('', 'b')]);
    const within = Buffer.concat([Buffer.from('before'), bytes, Buffer.from('after')]).subarray(6, 6 + bytes.byteLength);
    const { first, envelopes } = decodeOutboxBatch(within);
    expect([first, ...envelopes.map(({ payload, messageId }) => `${messageId}: ${payload}`)]).toEqual([2 ** 40 + 3, 'a: {"é":"€"}', 'b: ']);
    expect(numbersOfBatch(within)).toEqual({ first: 2 ** 40 + 3, count: 2 });
  });

  it('is refused when it is cut or has bytes too many, at every length', () => {
    const bytes = Buffer.from(batchOf(1, [envelopeOf('{}', 'a'), envelopeOf('[]', 'b')]));
    for (let length = 0; length < bytes.length; length += 1) expect(() => decodeOutboxBatch(bytes.subarray(0, length))).toThrow();
    expect(() => decodeOutboxBatch(Buffer.concat([bytes, Buffer.alloc(1)]))).toThrow('an outbox batch holds its records and nothing else');
    expect(() => decodeOutboxBatch(batchOf(1, []))).toThrow('an outbox batch holds its records and nothing else');
  });
});
