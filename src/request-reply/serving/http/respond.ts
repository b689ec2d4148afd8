import { hasCode, StatefunError, toError } from '../../../shared/errors.ts';
import { protocolBytesMax } from '../../protocol/codec.ts';
import type { RequestReplyHandler } from '../request-reply-handler.ts';

/** The media type of requests and responses. Runtimes compare the whole header, so a charset would make every call fail. */
export const protocolMediaType = 'application/octet-stream';

/** The head of a request of any server. */
export interface RequestHead {
  readonly method: string | undefined;
  readonly contentType: string | undefined;
  /** The content encoding of the body. */
  readonly contentEncoding: string | undefined;
}

/** A response for any server. */
export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** The encoding of a body. */
export type BodyEncoding = 'identity' | 'gzip' | 'deflate';

/** Returns the encoding of the body, or the response to a request that cannot be one of the protocol. */
export function checkHead({ method, contentType, contentEncoding }: RequestHead): HttpResponse | BodyEncoding {
  if (method !== 'POST') return refusal(405, `the method is ${method ?? 'missing'}; functions are called with POST.`, { allow: 'POST' });
  const mediaType = contentType?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (mediaType !== '' && mediaType !== protocolMediaType) {
    return refusal(415, `the content type is "${contentType}"; it must be ${protocolMediaType}.`);
  }
  const encoding = contentEncoding?.trim().toLowerCase() ?? 'identity';
  if (encoding === 'identity' || encoding === '') return 'identity';
  if (encoding === 'gzip' || encoding === 'deflate') return encoding;
  return refusal(415, `the content encoding is "${contentEncoding}"; gzip and deflate are understood.`);
}

/** Calls the functions and returns the response. Never rejects, and never reports a failure with a status of success. */
export async function respond(handler: RequestReplyHandler, body: Uint8Array): Promise<HttpResponse> {
  if (body.byteLength === 0 || body.byteLength > protocolBytesMax) {
    const answer = body.byteLength === 0 ? refusal(400, 'the body is empty.') : tooLarge();
    handler.rejections.rejected({ status: answer.status, bytes: body.byteLength });
    return answer;
  }
  try {
    const response = await handler.handle(body);
    return {
      status: 200,
      headers: { 'content-type': protocolMediaType, 'content-length': String(response.byteLength) },
      body: response,
    };
  } catch (thrown) {
    const error = toError(thrown);
    const text = StatefunError.is(error) ? `${error.code}: ${error.summary}` : error.message;
    return refusal(hasCode(error, 'PROTOCOL_MESSAGE_UNREADABLE') ? 400 : 500, text);
  }
}

export function tooLarge(): HttpResponse {
  return refusal(413, `the body is larger than ${protocolBytesMax} bytes.`);
}

/** Creates a refusal. The text is for people; runtimes read the status. */
export function refusal(status: number, text: string, headers: Readonly<Record<string, string>> = {}): HttpResponse {
  const body = Buffer.from(`${text}\n`);
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8', 'content-length': String(body.byteLength), ...headers }, body };
}
