import type { IncomingMessage, ServerResponse } from 'node:http';
import { toMilliseconds, type Duration } from '../../../shared/time/duration.ts';
import { ByteBudget, type ByteLease } from '../../../shared/http/byte-budget.ts';
import { BodyDecoder, receiveBody, tooLarge, type ReceivedBody, type Refusal } from '../../../shared/http/receive-body.ts';
import { startTimer } from '../../../shared/time/timers.ts';
import { protocolBytesMax } from '../../protocol/codec.ts';
import type { RequestReplyHandler } from '../request-reply-handler.ts';
import { answerRequest, checkHead, refusal, type Answer, type BodyEncoding } from './answer-request.ts';

/** What `http.createServer`, Express and Fastify's raw request call. */
export type RequestListener = (request: IncomingMessage, response: ServerResponse) => void;

export interface RequestListenerOptions {
  /**
   * Most bytes of all requests under way, bodies and answers together. What exceeds it is answered with 503, which runtimes try again, the
   * body that has been incomplete for longest first.
   *
   * @defaultValue 256 MiB
   */
  readonly pendingBytesMax?: number;
  /** How long the body of a request may take to come, and its answer to be taken. @defaultValue `'30s'` */
  readonly requestTimeout?: Duration;
  /** Calls that are handled at a time, each from its complete body on; more are answered with 503. @defaultValue 2,000 */
  readonly requestsMax?: number;
}

export const requestDefaults = { pendingBytesMax: 256 * 1024 * 1024, requestTimeout: '30s', requestsMax: 2_000 } as const;

/**
 * The functions as a listener: `http.createServer(requestListener(handler))`, `app.post('/statefun', requestListener(handler))`. It looks at
 * no path: what mounts it has chosen one. A body that a parser before it has read into a Buffer is taken from `request.body`, within the
 * limits of that parser.
 */
export function requestListener(handler: RequestReplyHandler, options: RequestListenerOptions = {}): RequestListener {
  const mount = new RequestMount(handler, options);
  return (request, response) => void mount.serve(request, response);
}

/** The functions behind one server: what its requests share. */
export class RequestMount {
  readonly #handler: RequestReplyHandler;
  readonly #decoder = new BodyDecoder();
  readonly #budget: ByteBudget;
  readonly #timeoutMs: number;
  readonly #requestsMax: number;
  #calls = 0;
  /** From here on every answer is the last one on its connection. */
  closing = false;

  constructor(handler: RequestReplyHandler, options: RequestListenerOptions) {
    const { pendingBytesMax, requestTimeout, requestsMax } = { ...requestDefaults, ...options };
    this.#handler = handler;
    this.#budget = new ByteBudget(pendingBytesMax);
    this.#timeoutMs = toMilliseconds(requestTimeout);
    this.#requestsMax = requestsMax;
  }

  /** Never rejects; resolves when the answer is taken, or the client has gone. */
  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let lease: ByteLease | undefined;
    try {
      const received = await this.#receive(request);
      if ('status' in received) return this.refuse(request, response, received);
      ({ lease } = received);
      const answer = await this.#call(received.bytes);
      lease?.hold(answer.body.byteLength);
      this.#send(request, response, answer);
      await untilTaken(response, this.#timeoutMs);
    } catch {
      // The client went away in the middle of its request: nothing is handled, and nobody is there to be told.
      response.destroy();
    } finally {
      lease?.release();
    }
  }

  /** Answers a request that is not handled, and logs it. */
  refuse(request: IncomingMessage, response: ServerResponse, answer: Answer): void {
    const { method, url, socket } = request;
    const fields = { status: answer.status, reason: Buffer.from(answer.body).toString().trim(), method, url, client: socket.remoteAddress };
    this.#handler.rejections.rejected(fields);
    this.#send(request, response, answer);
  }

  /** The body; an answer in its place is that to a request that is not handled. */
  async #receive(request: IncomingMessage): Promise<{ readonly bytes: Uint8Array; readonly lease?: ByteLease } | Answer> {
    const { headers, method } = request;
    const head = checkHead({ method, contentType: headers['content-type'], contentEncoding: headers['content-encoding'] });
    if (typeof head !== 'string') return head;
    if (this.#calls >= this.#requestsMax) return busy(this.#requestsMax);
    const parsed = parsedBody(request);
    if (parsed !== undefined) return { bytes: parsed };
    if (Number(headers['content-length']) > protocolBytesMax) return toAnswer(tooLarge(protocolBytesMax));
    const body = await this.#read(request, head);
    if ('status' in body) return toAnswer(body);
    // Calls count from here: those whose bodies trickle in keep nobody out.
    if (this.#calls < this.#requestsMax) return body;
    body.lease.release();
    return busy(this.#requestsMax);
  }

  async #read(request: IncomingMessage, encoding: BodyEncoding): Promise<ReceivedBody> {
    const limits = { bodyBytesMax: protocolBytesMax, timeoutMs: this.#timeoutMs, budget: this.#budget };
    const received = await receiveBody(request, limits);
    return encoding === 'identity' || 'status' in received ? received : this.#decoder.decode(received, encoding, protocolBytesMax);
  }

  async #call(bytes: Uint8Array): Promise<Answer> {
    this.#calls += 1;
    try {
      return await answerRequest(this.#handler, bytes);
    } finally {
      this.#calls -= 1;
    }
  }

  /** When the request's body is not read, the connection is not used again. */
  #send(request: IncomingMessage, response: ServerResponse, { status, headers, body }: Answer): void {
    const unread = !request.complete && parsedBody(request) === undefined;
    if (this.closing || unread) response.setHeader('connection', 'close');
    if (unread) request.resume();
    response.writeHead(status, headers);
    response.end(body);
  }
}

/** Resolves when the client has taken the answer; one that does not loses its connection. */
function untilTaken(response: ServerResponse, timeoutMs: number): Promise<void> {
  return new Promise((resolve) => {
    const cancel = startTimer(timeoutMs, () => response.destroy());
    const ended = (): void => {
      cancel();
      resolve();
    };
    if (response.destroyed) ended();
    else response.once('close', ended);
  });
}

function toAnswer({ status, text }: Refusal): Answer {
  return refusal(status, text, status === 503 ? { 'retry-after': '1' } : {});
}

function busy(requestsMax: number): Answer {
  return toAnswer({ status: 503, text: `${requestsMax} calls are under way already.` });
}

/** What a parser of bodies, such as `express.raw()`, has made of the request. It decodes what is compressed, too. */
function parsedBody(request: IncomingMessage): Uint8Array | undefined {
  const { body } = request as { readonly body?: unknown };
  return body instanceof Uint8Array ? body : undefined;
}
