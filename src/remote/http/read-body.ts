import type { Readable } from 'node:stream';
import { createGunzip, createInflate } from 'node:zlib';
import { protocolBytesMax } from '../protocol/codec.ts';
import { refusal, tooLarge, type Answer, type BodyEncoding } from './answer-request.ts';

/**
 * The whole body, decoded; or the answer to one that is too large or that does not decode. No more is kept than a body may have, however
 * much a small one decodes to. Rejects when the client goes away.
 */
export async function readBody(request: Readable, encoding: BodyEncoding): Promise<Uint8Array | Answer> {
  if (encoding === 'identity') return (await collect(request)) ?? tooLarge();
  const decoder = encoding === 'gzip' ? createGunzip() : createInflate();
  let failure: Error | undefined;
  const onError = (error: Error): void => void (failure ??= decoder.destroy(error) && error);
  request.once('error', onError).once('aborted', () => onError(new Error('the client went away')));
  request.pipe(decoder);
  try {
    return (await collect(decoder)) ?? tooLarge();
  } catch (cause) {
    // What the request fails with is told by whoever reads it; the rest is that the bytes are none of this encoding, or end too early.
    if (failure !== undefined) throw failure;
    return refusal(400, `the body is not ${encoding}: ${(cause as Error).message}.`); // Safe: streams fail with errors.
  } finally {
    request.unpipe(decoder);
    decoder.destroy();
  }
}

/** Undefined: more bytes than a body may have; the rest is not read. */
async function collect(stream: Readable): Promise<Uint8Array | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  // Left early, the loop would destroy the stream, and with a request the connection that the answer has to take.
  for await (const chunk of stream.iterator({ destroyOnReturn: false })) {
    const part = chunk as Buffer; // Safe: no encoding is set on the stream.
    bytes += part.byteLength;
    if (bytes > protocolBytesMax) return undefined;
    chunks.push(part);
  }
  return chunks.length === 1 ? chunks[0] : Buffer.concat(chunks);
}
