import type { IncomingMessage, ServerResponse } from 'node:http';
import { protocolBytesMax } from '../protocol/codec.ts';
import type { RequestReplyHandler } from '../request-reply-handler.ts';
import { answerRequest, checkHead, tooLarge, type Answer } from './answer-request.ts';
import { readBody } from './read-body.ts';

/** What `http.createServer`, Express and Fastify's raw request call. */
export type RequestListener = (request: IncomingMessage, response: ServerResponse) => void;

/**
 * The functions as a listener: `http.createServer(requestListener(handler))`, `app.post('/statefun', requestListener(handler))`. It looks at
 * no path: what mounts it has chosen one. A body that a parser before it has read into a Buffer is taken from `request.body`.
 */
export function requestListener(handler: RequestReplyHandler): RequestListener {
  const listen = listenerOf(handler, () => false);
  return (request, response) => void listen(request, response);
}

/**
 * `isClosing`, asked when an answer is there: whether it is the last one on its connection. The promise never rejects; it resolves when the
 * answer is handed to the connection, or the client has gone.
 */
export function listenerOf(
  handler: RequestReplyHandler,
  isClosing: () => boolean,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  return async (request, response) => {
    let answer: Answer;
    try {
      answer = await answerTo(handler, request);
    } catch {
      // The client went away in the middle of its request: nothing is handled, and nobody is there to be told.
      response.destroy();
      return;
    }
    if (isClosing()) response.setHeader('connection', 'close');
    sendAnswer(request, response, answer);
  };
}

/** Sends an answer; when the request's body is not read, the connection is not used again. */
export function sendAnswer(request: IncomingMessage, response: ServerResponse, { status, headers, body }: Answer): void {
  if (!request.complete && parsedBody(request) === undefined) {
    response.setHeader('connection', 'close');
    request.resume();
  }
  response.writeHead(status, headers);
  response.end(body);
}

async function answerTo(handler: RequestReplyHandler, request: IncomingMessage): Promise<Answer> {
  const { headers } = request;
  const head = checkHead({
    method: request.method,
    contentType: headers['content-type'],
    contentEncoding: headers['content-encoding'],
  });
  if (typeof head !== 'string') return head;
  const parsed = parsedBody(request);
  if (parsed !== undefined) return answerRequest(handler, parsed);
  if (Number(headers['content-length']) > protocolBytesMax) return tooLarge();
  const body = await readBody(request, head);
  return body instanceof Uint8Array ? answerRequest(handler, body) : body;
}

/** What a parser of bodies, such as `express.raw()`, has made of the request. It decodes what is compressed, too. */
function parsedBody(request: IncomingMessage): Uint8Array | undefined {
  const { body } = request as { readonly body?: unknown };
  return body instanceof Uint8Array ? body : undefined;
}
