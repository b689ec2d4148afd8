import { describe, StatefunError } from '../../../shared/errors.ts';
import type { RequestHead } from '../http/respond.ts';

/*
 * The forms of an HTTP request as a Lambda event:
 *
 *   API Gateway REST (v1)             httpMethod, headers, multiValueHeaders, body, isBase64Encoded
 *   API Gateway HTTP, Function URL    version "2.0", requestContext.http.method, headers in lower case, body, isBase64Encoded
 *   Application Load Balancer         requestContext.elb, httpMethod, headers or multiValueHeaders, body, isBase64Encoded
 */

/** A request of any of these forms. */
export interface LambdaRequest extends RequestHead {
  /** The body; undefined if the gateway has converted it to text, which destroys binary data. */
  readonly body: Uint8Array | undefined;
  /** Whether the response needs `multiValueHeaders`, as a load balancer that sends them does. */
  readonly multiValueHeaders: boolean;
  readonly loadBalancer: boolean;
}

type Fields = Readonly<Record<string, unknown>>;

/** Reads a Lambda event. Throws LAMBDA_EVENT_UNKNOWN for an event that is no HTTP request. */
export function readLambdaEvent(event: unknown): LambdaRequest {
  const fields = fieldsOf(event);
  const context = fieldsOf(fields['requestContext']);
  const method = fields['httpMethod'] ?? fieldsOf(context['http'])['method'];
  if (typeof method !== 'string') {
    const keys = Object.keys(fields).slice(0, 10).join(', ');
    throw new StatefunError('LAMBDA_EVENT_UNKNOWN', `the event is ${describe(event)} with the fields ${keys || 'of nothing'}.`);
  }
  const headers = fieldsOf(fields['headers']);
  const multiValueHeaders = fieldsOf(fields['multiValueHeaders']);
  const loadBalancer = context['elb'] !== undefined;
  return {
    method,
    contentType: header('content-type', headers, multiValueHeaders),
    contentEncoding: header('content-encoding', headers, multiValueHeaders),
    body: bodyOf(fields),
    loadBalancer,
    multiValueHeaders: loadBalancer && fields['multiValueHeaders'] !== undefined,
  };
}

function bodyOf({ body, isBase64Encoded }: Fields): Uint8Array | undefined {
  if (typeof body !== 'string' || body === '') return new Uint8Array(0);
  return isBase64Encoded === true ? Buffer.from(body, 'base64') : undefined;
}

/** Returns a header, whose name may be in any case. */
function header(name: string, ...places: readonly Fields[]): string | undefined {
  for (const place of places) {
    const key = Object.keys(place).find((candidate) => candidate.toLowerCase() === name);
    const value = key === undefined ? undefined : place[key];
    const text: unknown = Array.isArray(value) ? value.at(-1) : value;
    if (typeof text === 'string') return text;
  }
  return undefined;
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {}; // Safe: every property of an object can be read.
}
