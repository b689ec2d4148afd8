import type { IncomingMessage, ServerResponse } from 'node:http';
import { toMilliseconds, type Duration } from '../../../shared/time/duration.ts';
import { ByteBudget, type ByteLease } from '../../../shared/http/byte-budget.ts';
import { BodyDecoder, receiveBody, tooLarge, type ReceivedBody, type Refusal } from '../../../shared/http/receive-body.ts';
import { startTimer } from '../../../shared/time/timers.ts';
import { protocolBytesMax } from '../../protocol/codec.ts';
import type { RequestReplyHandler } from '../request-reply-handler.ts';
import { respond, checkHead, refusal, type HttpResponse, type BodyEncoding } from './respond.ts';

/** A listener for `http.createServer`, Express and Fastify's raw requests. */
export interface RequestListener {
  (request: IncomingMessage, response: ServerResponse): void;
  /**
   * Sends 503 to requests whose bodies are incomplete, and makes each response the last one on its connection. Call it with
   * `server.close()`, which otherwise waits up to `requestTimeout` for these bodies. Running calls are finished.
   */
  close(): void;
}

/** Options of `requestListener`. */
export interface RequestListenerOptions {
  /**
   * Most bytes of all open requests, bodies and responses together. Beyond it requests are refused with status 503, which runtimes retry,
   * beginning with the body that has been incomplete for longest.
   *
   * @defaultValue 256 MiB
   */
  readonly pendingBytesMax?: number;
  /** Timeout for receiving the body of a request, and for sending its response. @defaultValue `'30s'` */
  readonly requestTimeout?: Duration;
  /** Most concurrent calls, counted from their complete body on. Further ones are refused with status 503. @defaultValue 2,000 */
  readonly requestsMax?: number;
}

export const requestDefaults = { pendingBytesMax: 256 * 1024 * 1024, requestTimeout: '30s', requestsMax: 2_000 } as const;

/**
 * Creates a listener for the functions: `http.createServer(requestListener(handler))`, `app.post('/statefun', requestListener(handler))`. It
 * ignores the path, which the mount has chosen. A body that a parser has already read into a Buffer is taken from `request.body`, within the
 * limits of that parser.
 */
export function requestListener(handler: RequestReplyHandler, options: RequestListenerOptions = {}): RequestListener {
  const mount = new RequestMount(handler, options);
  const listener = (request: IncomingMessage, response: ServerResponse): void => void mount.serve(request, response);
  return Object.assign(listener, { close: () => mount.close() });
}

/** The state that the requests of one server share. */
export class RequestMount {
  readonly #handler: RequestReplyHandler;
  readonly #decoder = new BodyDecoder();
  readonly #budget: ByteBudget;
  readonly #timeoutMs: number;
  readonly #requestsMax: number;
  #calls = 0;

  constructor(handler: RequestReplyHandler, options: RequestListenerOptions) {
    const { pendingBytesMax, requestTimeout, requestsMax } = { ...requestDefaults, ...options };
    this.#handler = handler;
    this.#budget = new ByteBudget(pendingBytesMax);
    this.#timeoutMs = toMilliseconds(requestTimeout);
    this.#requestsMax = requestsMax;
  }

  /** Refuses requests whose bodies are incomplete. Each response is then the last one on its connection. */
  close(): void {
    this.#budget.close();
  }

  /** Handles a request. Never rejects; resolves when the response is sent or the client has disconnected. */
  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.socket.destroyed) return;
    let lease: ByteLease | undefined;
    try {
      const received = await this.#receive(request);
      if ('status' in received) return this.refuse(request, response, received);
      ({ lease } = received);
      // Nobody takes the answer, and a runtime that has lost its connection calls again.
      if (request.socket.destroyed) return;
      const answer = await this.#call(received.bytes);
      lease?.hold(answer.body.byteLength);
      this.#send(request, response, answer);
      await untilTaken(response, this.#timeoutMs);
    } catch {
      // The client disconnected during its request: nothing is handled, and no response can be sent.
      response.destroy();
    } finally {
      lease?.release();
    }
  }

  /** Sends the response of a refused request, and logs it. */
  refuse(request: IncomingMessage, response: ServerResponse, answer: HttpResponse): void {
    const { method, url, socket } = request;
    const fields = { status: answer.status, reason: Buffer.from(answer.body).toString().trim(), method, url, client: socket.remoteAddress };
    this.#handler.rejections.rejected(fields);
    this.#send(request, response, answer);
  }

  /** Returns the body, or the response to a request that is refused. */
  async #receive(request: IncomingMessage): Promise<{ readonly bytes: Uint8Array; readonly lease?: ByteLease } | HttpResponse> {
    const { headers, method } = request;
    const head = checkHead({ method, contentType: headers['content-type'], contentEncoding: headers['content-encoding'] });
    if (typeof head !== 'string') return head;
    if (this.#calls >= this.#requestsMax) return busy(this.#requestsMax);
    const parsed = parsedBody(request);
    if (parsed !== undefined) return { bytes: parsed };
    if (Number(headers['content-length']) > protocolBytesMax) return toResponse(tooLarge(protocolBytesMax));
    const body = await this.#read(request, head);
    if ('status' in body) return toResponse(body);
    // Calls count from here, so slow bodies do not block other calls.
    if (this.#calls < this.#requestsMax) return body;
    body.lease.release();
    return busy(this.#requestsMax);
  }

  async #read(request: IncomingMessage, encoding: BodyEncoding): Promise<ReceivedBody> {
    const limits = { bodyBytesMax: protocolBytesMax, timeoutMs: this.#timeoutMs, budget: this.#budget };
    const received = await receiveBody(request, limits);
    return encoding === 'identity' || 'status' in received
      ? received
      : this.#decoder.decode({ ...received, socket: request.socket }, encoding, protocolBytesMax);
  }

  async #call(bytes: Uint8Array): Promise<HttpResponse> {
    this.#calls += 1;
    try {
      return await respond(this.#handler, bytes);
    } finally {
      this.#calls -= 1;
    }
  }

  /** Sends a response. If the request's body was not read, the connection is closed. */
  #send(request: IncomingMessage, response: ServerResponse, { status, headers, body }: HttpResponse): void {
    const unread = !request.complete && parsedBody(request) === undefined;
    if (this.#budget.closed || unread) response.setHeader('connection', 'close');
    if (unread) request.resume();
    response.writeHead(status, headers);
    response.end(body);
  }
}

/** Resolves when the response is sent. After the timeout the connection is closed. */
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

function toResponse({ status, text }: Refusal): HttpResponse {
  return refusal(status, text, status === 503 ? { 'retry-after': '1' } : {});
}

function busy(requestsMax: number): HttpResponse {
  return toResponse({ status: 503, text: `${requestsMax} calls are running already.` });
}

/** Returns the body that a parser such as `express.raw()` has read and decompressed. */
function parsedBody(request: IncomingMessage): Uint8Array | undefined {
  const { body } = request as { readonly body?: unknown };
  return body instanceof Uint8Array ? body : undefined;
}
