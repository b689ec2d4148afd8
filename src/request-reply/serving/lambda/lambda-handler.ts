import { gunzipSync, inflateSync } from 'node:zlib';
import { respond, checkHead, refusal, tooLarge, type HttpResponse, type BodyEncoding } from '../http/respond.ts';
import { protocolBytesMax } from '../../protocol/codec.ts';
import { RequestReplyHandler, type RequestReplyOptions } from '../request-reply-handler.ts';
import type { ServedFunctions } from '../served-function.ts';
import { readLambdaEvent, type LambdaRequest } from './lambda-event.ts';

/** The response of a Lambda function to an API gateway, function URL or load balancer. */
export interface LambdaResponse {
  readonly statusCode: number;
  /** The status with its text, for a load balancer only. */
  readonly statusDescription?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly multiValueHeaders?: Readonly<Record<string, readonly string[]>>;
  readonly isBase64Encoded: true;
  readonly body: string;
}

/**
 * Largest response, in bytes. Lambda refuses more than 6 MB of JSON, and base64 makes four bytes of three. A larger response is replaced by one
 * with status 500 and the reason; without it the runtime would only see a failure of the gateway.
 */
const responseBytesMax = 4_500_000;

/**
 * Creates a Lambda handler for the functions, behind API Gateway (REST and HTTP), a Function URL or an Application Load Balancer:
 * `export const handler = lambdaHandler(functions)`. Bodies are base64 in both directions. A REST API needs `binaryMediaTypes` set to all types.
 */
export function lambdaHandler(
  functions: ServedFunctions | RequestReplyHandler,
  options: RequestReplyOptions = {},
): (event: unknown) => Promise<LambdaResponse> {
  const handler = functions instanceof RequestReplyHandler ? functions : new RequestReplyHandler(functions, options);
  return async (event) => {
    const request = readLambdaEvent(event);
    return toResponse(request, await answerTo(handler, request));
  };
}

async function answerTo(handler: RequestReplyHandler, request: LambdaRequest): Promise<HttpResponse> {
  const head = checkHead(request);
  if (typeof head !== 'string') return refused(handler, head);
  // No request of the protocol is text, so the gateway has damaged this one.
  if (request.body === undefined) {
    return refused(handler, refusal(400, 'the body came as text: set the binary media types of the gateway to "*/*".'));
  }
  const body = decode(request.body, head);
  if (!(body instanceof Uint8Array)) return refused(handler, body);
  const answer = await respond(handler, body);
  if (answer.body.byteLength <= responseBytesMax) return answer;
  return refusal(500, `the response has ${answer.body.byteLength} bytes, more than Lambda passes on: lower maxNumBatchRequests.`);
}

function refused(handler: RequestReplyHandler, answer: HttpResponse): HttpResponse {
  handler.rejections.rejected({ status: answer.status, reason: Buffer.from(answer.body).toString().trim() });
  return answer;
}

function decode(body: Uint8Array, encoding: BodyEncoding): Uint8Array | HttpResponse {
  if (encoding === 'identity') return body;
  try {
    return (encoding === 'gzip' ? gunzipSync : inflateSync)(body, { maxOutputLength: protocolBytesMax });
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException; // Safe: zlib throws errors with codes.
    return code === 'ERR_BUFFER_TOO_LARGE' ? tooLarge() : refusal(400, `the body is not ${encoding}: ${message}.`);
  }
}

function toResponse({ loadBalancer, multiValueHeaders }: LambdaRequest, { status, headers, body }: HttpResponse): LambdaResponse {
  const content = { isBase64Encoded: true, body: Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('base64') } as const;
  // The gateway counts the bytes of the body itself.
  const { 'content-length': _counted, ...kept } = headers;
  const lines = Object.entries(kept).map(([name, value]): [string, readonly string[]] => [name, [value]]);
  return {
    statusCode: status,
    ...(loadBalancer ? { statusDescription: `${status} ${status === 200 ? 'OK' : 'Refused'}` } : {}),
    ...(multiValueHeaders ? { multiValueHeaders: Object.fromEntries(lines) } : { headers: kept }),
    ...content,
  };
}
