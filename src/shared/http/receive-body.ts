import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { gunzip, inflate } from 'node:zlib';
import { toError } from '../errors.ts';
import { startTimer } from '../time/timers.ts';
import type { ByteBudget, ByteLease } from './byte-budget.ts';

/** The response to a request that is not handled. */
export interface Refusal {
  readonly status: 400 | 408 | 413 | 503;
  readonly text: string;
}

export interface BodyLimits {
  /** Largest body in bytes, before and after decompression. */
  readonly bodyBytesMax: number;
  /** Longest time to receive a body, in milliseconds. */
  readonly timeoutMs: number;
  readonly budget: ByteBudget;
}

/** A complete body, which keeps its room in the budget until the lease is released, or a refusal. */
export type ReceivedBody = { readonly bytes: Buffer; readonly lease: ByteLease } | Refusal;

/** Memory per chunk beside its bytes. With it, a body that arrives as single bytes is counted at its real cost. */
const chunkOverheadBytes = 128;

/** Receives the whole body, still encoded. Rejects when the client disconnects. */
export function receiveBody(request: Readable, { bodyBytesMax, timeoutMs, budget }: BodyLimits): Promise<ReceivedBody> {
  if (budget.closed) return Promise.resolve(stopping);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const lease = budget.lease(() => end(() => resolve(budget.closed ? stopping : noRoom)));
    const cancel = startTimer(timeoutMs, () => refuse({ status: 408, text: `the body did not come within ${timeoutMs} ms.` }));
    const end = (settle: () => void): void => {
      cancel();
      request.off('data', onData).off('end', onEnd).off('error', onError).off('close', onClose);
      settle();
    };
    const refuse = (refusal: Refusal): void => {
      lease.release();
      chunks.length = 0;
      end(() => resolve(refusal));
    };
    const onData = (chunk: Buffer): void => {
      bytes += chunk.byteLength;
      if (bytes > bodyBytesMax) return refuse(tooLarge(bodyBytesMax));
      if (!lease.take(chunk.byteLength + chunkOverheadBytes)) return refuse(noRoom);
      chunks.push(chunk);
    };
    const onEnd = (): void => {
      lease.complete();
      end(() => resolve({ bytes: chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks), lease }));
    };
    const onError = (error: Error): void => {
      lease.release();
      // An error may follow the close, when nothing else listens.
      request.on('error', () => undefined);
      end(() => reject(error));
    };
    const onClose = (): void => onError(clientGone());
    request.on('data', onData).on('end', onEnd).on('error', onError).on('close', onClose);
  });
}

function clientGone(): Error {
  return new Error('the client went away');
}

const noRoom: Refusal = { status: 503, text: 'request bodies already use all the memory they are allowed.' };
const stopping: Refusal = { status: 503, text: 'the server is stopping.' };

export function tooLarge(bodyBytesMax: number): Refusal {
  return { status: 413, text: `the body is larger than ${bodyBytesMax} bytes.` };
}

/** A complete body that waits to be decoded. */
export interface EncodedBody {
  readonly bytes: Buffer;
  readonly lease: ByteLease;
  /** The connection of the client. */
  readonly socket: { readonly destroyed: boolean };
}

/** Decodes complete bodies one at a time, so that decoding needs at most the memory of one body beyond the budget. */
export class BodyDecoder {
  #previous: Promise<unknown> = Promise.resolve();

  /** Returns the decoded body, or a refusal, which releases the lease. Rejects without decoding when the client has disconnected by its turn. */
  decode({ bytes, lease, socket }: EncodedBody, encoding: 'gzip' | 'deflate', bodyBytesMax: number): Promise<ReceivedBody> {
    const decoded = this.#previous.then(async (): Promise<ReceivedBody> => {
      const refuse = (refusal: Refusal): Refusal => {
        lease.release();
        return refusal;
      };
      if (socket.destroyed) {
        lease.release();
        throw clientGone();
      }
      try {
        const body = await decoders[encoding](bytes, { maxOutputLength: bodyBytesMax });
        return lease.take(body.byteLength) ? { bytes: body, lease } : refuse(noRoom);
      } catch (thrown) {
        const { code, message } = toError(thrown) as NodeJS.ErrnoException; // Safe: reading a property of any error is allowed.
        return refuse(
          code === 'ERR_BUFFER_TOO_LARGE' ? tooLarge(bodyBytesMax) : { status: 400, text: `the body is not ${encoding}: ${message}.` },
        );
      }
    });
    this.#previous = decoded.catch(() => undefined);
    return decoded;
  }
}

const decoders = { gzip: promisify(gunzip), deflate: promisify(inflate) } as const;
