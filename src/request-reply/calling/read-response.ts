import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { gunzip, inflate } from 'node:zlib';
import { StatefunError, toError, type ErrorFacts } from '../../shared/errors.ts';
import type { BatchResponse } from '../../functions/remote/invocation-batch.ts';
import { decodeFromFunction } from '../protocol/decode-response.ts';

/** The content type of StateFun's responses, without parameters. */
export const octetStream = 'application/octet-stream';

export interface ResponseLimits {
  /** The URL, for error texts. */
  readonly url: string;
  readonly bytesMax: number;
  /** Whether a status is final, so that the call is not retried. */
  readonly isFinal: (status: number) => boolean;
}

/** Reads a response. Throws the errors of a RemoteClient. Calls `empty` for a response without a body. */
export async function readResponse(message: IncomingMessage, limits: ResponseLimits, empty: () => void): Promise<BatchResponse> {
  const status = message.statusCode ?? 0;
  if (status < 200 || status > 299) throw refusal(status, message.headers, await firstBytes(message), limits);
  if (!isOctetStream(message.headers['content-type'])) {
    message.destroy();
    throw unreadable(limits, `sent content type "${message.headers['content-type'] ?? 'none'}", not ${octetStream}`);
  }
  const body = await decompress(await readBody(message, limits), message.headers['content-encoding'], limits);
  if (body.byteLength === 0) empty();
  try {
    return decodeFromFunction(body);
  } catch (cause) {
    throw unreadable(limits, `sent ${body.byteLength} bytes that are not the response of a function`, cause);
  }
}

async function readBody(message: IncomingMessage, limits: ResponseLimits): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  // Safe: without an encoding a message yields buffers.
  for await (const chunk of message as AsyncIterable<Buffer>) {
    bytes += chunk.byteLength;
    if (bytes > limits.bytesMax) throw unreadable(limits, `sent more than ${limits.bytesMax} bytes`);
    chunks.push(chunk);
  }
  if (!message.complete) throw new Error('the response ended early');
  return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks);
}

async function decompress(body: Buffer, encoding: string | undefined, limits: ResponseLimits): Promise<Buffer> {
  const name = encoding?.trim().toLowerCase() ?? 'identity';
  if (name === 'identity' || name === '') return body;
  const decode = name === 'gzip' ? promisify(gunzip) : name === 'deflate' ? promisify(inflate) : undefined;
  if (decode === undefined) throw unreadable(limits, `sent the encoding "${name}", which was not requested`);
  try {
    return await decode(body, { maxOutputLength: limits.bytesMax });
  } catch (cause) {
    throw unreadable(limits, `sent ${body.byteLength} bytes that are not ${name}, or more than ${limits.bytesMax} bytes of it`, cause);
  }
}

/** Bytes of an error page in an error text: enough to recognise it. */
const shownBytesMax = 300;

async function firstBytes(message: IncomingMessage): Promise<string> {
  let text = '';
  try {
    // Safe: without an encoding a message yields buffers.
    for await (const chunk of message as AsyncIterable<Buffer>) {
      text += chunk.toString('latin1');
      if (text.length >= shownBytesMax) break;
    }
  } catch {
    // The status is enough.
  }
  return text
    .slice(0, shownBytesMax)
    .replace(/[^\x20-\x7e]+/g, ' ')
    .trim();
}

function isOctetStream(contentType: string | undefined): boolean {
  return contentType?.split(',').some((part) => part.trim().toLowerCase() === octetStream) ?? false;
}

function refusal(status: number, headers: IncomingHttpHeaders, text: string, { url, isFinal }: ResponseLimits): StatefunError {
  const retryAfterMs = readRetryAfter(headers['retry-after'], Date.now());
  const facts: ErrorFacts = { url, status, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
  const moved = headers.location === undefined ? '' : `, which leads to ${headers.location} and is not followed`;
  const summary = `${url} returned status ${status}${moved}${text === '' ? '' : `: ${text}`}.`;
  if (status === 429 || status === 503) return new StatefunError('REMOTE_UNAVAILABLE', summary, { facts });
  return new StatefunError(isFinal(status) ? 'REMOTE_CALL_REFUSED' : 'REMOTE_CALL_FAILED', summary, { facts });
}

/** Parses the header `retry-after`: seconds or a date. */
function readRetryAfter(text: string | undefined, nowMs: number): number | undefined {
  if (text === undefined) return undefined;
  if (/^\s*\d{1,9}\s*$/.test(text)) return Number(text) * 1_000;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : Math.max(0, at - nowMs);
}

function unreadable({ url }: ResponseLimits, what: string, cause?: unknown): StatefunError {
  const reason = cause === undefined ? '' : ` (${StatefunError.is(cause) ? cause.summary : toError(cause).message})`;
  return new StatefunError('REMOTE_ANSWER_UNREADABLE', `${url} ${what}${reason}.`, {
    facts: { url },
    ...(cause === undefined ? {} : { cause }),
  });
}
