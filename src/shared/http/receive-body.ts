import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { gunzip, inflate } from 'node:zlib';
import { toError } from '../errors.ts';
import { startTimer } from '../time/timers.ts';
import type { ByteBudget, ByteLease } from './byte-budget.ts';

/** Why a request is not handled. */
export interface Refusal {
  readonly status: 400 | 408 | 413 | 503;
  readonly text: string;
}

export interface BodyLimits {
  /** Largest body, and largest body that a compressed one becomes. */
  readonly bodyBytesMax: number;
  /** How long a body may take to come. */
  readonly timeoutMs: number;
  readonly budget: ByteBudget;
}

/** A complete body, whose room in the budget is kept until it is released; or why there is none. */
export type ReceivedBody = { readonly bytes: Buffer; readonly lease: ByteLease } | Refusal;

/** What keeps a chunk beside its bytes, so that a body of single bytes is counted as what it costs. */
const chunkOverheadBytes = 128;

/** Reads the whole body as it is sent. Rejects when the client goes away. */
export function receiveBody(request: Readable, { bodyBytesMax, timeoutMs, budget }: BodyLimits): Promise<ReceivedBody> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const lease = budget.lease(() => end(() => resolve(noRoom)));
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
      // An error may follow a close, and nobody else listens then.
      request.on('error', () => undefined);
      end(() => reject(error));
    };
    const onClose = (): void => onError(new Error('the client went away'));
    request.on('data', onData).on('end', onEnd).on('error', onError).on('close', onClose);
  });
}

const noRoom: Refusal = { status: 503, text: 'the bodies of the requests under way use all the memory they may.' };

export function tooLarge(bodyBytesMax: number): Refusal {
  return { status: 413, text: `the body is larger than ${bodyBytesMax} bytes.` };
}

/** Only complete bodies are decoded, and one at a time, so that what decoding needs is bounded by one body beyond the budget. */
export class BodyDecoder {
  #previous: Promise<unknown> = Promise.resolve();

  /** The decoded body in place of the one that was received; releases it when there is none. */
  decode({ bytes, lease }: { bytes: Buffer; lease: ByteLease }, encoding: 'gzip' | 'deflate', bodyBytesMax: number): Promise<ReceivedBody> {
    const decoded = this.#previous.then(async (): Promise<ReceivedBody> => {
      const refuse = (refusal: Refusal): Refusal => {
        lease.release();
        return refusal;
      };
      try {
        const body = await decoders[encoding](bytes, { maxOutputLength: bodyBytesMax });
        return lease.take(body.byteLength) ? { bytes: body, lease } : refuse(noRoom);
      } catch (thrown) {
        const { code, message } = toError(thrown) as NodeJS.ErrnoException; // Safe: any error may be asked for its code.
        return refuse(
          code === 'ERR_BUFFER_TOO_LARGE' ? tooLarge(bodyBytesMax) : { status: 400, text: `the body is not ${encoding}: ${message}.` },
        );
      }
    });
    this.#previous = decoded;
    return decoded;
  }
}

const decoders = { gzip: promisify(gunzip), deflate: promisify(inflate) } as const;
