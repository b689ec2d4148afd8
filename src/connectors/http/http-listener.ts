import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { StatefunError, toError } from '../../shared/errors.ts';
import { ByteBudget } from '../../shared/http/byte-budget.ts';
import { Connections } from '../../shared/http/connections.ts';
import { RejectionLog } from '../../shared/http/rejection-log.ts';
import { receiveBody, type ReceivedBody } from '../../shared/http/receive-body.ts';
import { serverTimeouts } from '../../shared/http/server-timeouts.ts';
import type { Logger } from '../../shared/logger.ts';
import { foreignReason, isLoopback } from './foreign-request.ts';

export interface PlaygroundAnswer {
  readonly status: number;
  readonly body?: string | Uint8Array;
  readonly contentType?: string;
}

/** A request with the method of the listener. */
export interface PlaygroundRequest {
  readonly segments: readonly string[];
  readonly contentType: string | undefined;
  /** Reads the body. Releasing the body frees its share of the limit. */
  readonly receive: () => Promise<ReceivedBody>;
}

export type AnswerRequest = (request: PlaygroundRequest) => Promise<PlaygroundAnswer>;

export interface HttpListenerOptions {
  readonly port: number;
  readonly host: string;
  readonly logger: Logger;
}

/** Default host of a playground. Only this machine reaches it. */
export const playgroundHost = '127.0.0.1';

/** Largest message, in bytes: a store keeps each message as one value. */
export const bodyBytesMax = 16 * 1024 * 1024;

/** Most bytes of all open requests: eight of the largest. */
const pendingBytesMax = 8 * bodyBytesMax;

/** Timeout for the head of a request, and for its body, in milliseconds. */
const requestTimeoutMs = 30_000;

/**
 * A small HTTP server for one method. Each response has its status also in the header `Status`, as in StateFun's playground. A request that
 * may come from a page of another site is refused.
 */
export class HttpListener {
  readonly #method: 'GET' | 'PUT';
  readonly #answer: AnswerRequest;
  #budget = new ByteBudget(pendingBytesMax);
  #server: Server | undefined;
  #connections: Connections | undefined;
  #local = true;
  #rejections: RejectionLog | undefined;

  constructor(method: 'GET' | 'PUT', answer: AnswerRequest) {
    this.#method = method;
    this.#answer = answer;
  }

  /** The port; undefined while the server does not listen. */
  get port(): number | undefined {
    // Safe: a server that listens on a port has an address of this type.
    return (this.#server?.address() as AddressInfo | null | undefined)?.port;
  }

  /** Starts listening. Throws PLAYGROUND_PORT_UNUSABLE. */
  async start({ port, host, logger }: HttpListenerOptions): Promise<void> {
    const server = createServer(serverTimeouts(requestTimeoutMs), (request, response) => void this.#respond(request, response));
    this.#server = server;
    this.#budget = new ByteBudget(pendingBytesMax);
    this.#connections = new Connections(server, 'connection');
    this.#local = isLoopback(host);
    this.#rejections = new RejectionLog(logger);
    await new Promise<void>((resolve, reject) => {
      server.once('error', (cause) => {
        const summary = `cannot listen on ${host}:${port}: ${cause.message}.`;
        reject(new StatefunError('PLAYGROUND_PORT_UNUSABLE', summary, { facts: { port, host }, cause }));
      });
      server.listen(port, host, resolve);
    });
  }

  async stop(): Promise<void> {
    this.#rejections?.close();
    const server = this.#server;
    if (server?.listening !== true) return;
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
      // A body that is incomplete is no message.
      this.#budget.close();
      this.#connections?.closeIdle();
    });
  }

  async #respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let answer: PlaygroundAnswer;
    try {
      answer = this.#refusalOf(request, response) ?? (await this.#answerOf(request));
    } catch (error) {
      if (request.destroyed && !request.complete) return void response.destroy();
      answer = { status: 503, body: `${toError(error).message}\n` };
    }
    const { status, body, contentType } = answer;
    // Status 404 is not logged: waiting readers get it all the time.
    if (status >= 400 && status !== 404) this.#logRefusal(request, answer);
    // Unread bytes of a refused request would be read as the next request.
    if (!request.complete || this.#budget.closed) response.setHeader('connection', 'close');
    if (!request.complete) request.resume();
    response.writeHead(status, { Status: String(status), ...(contentType === undefined ? {} : { 'content-type': contentType }) });
    response.end(body);
  }

  /** Returns the refusal of a request, before its body is read. */
  #refusalOf(request: IncomingMessage, response: ServerResponse): PlaygroundAnswer | undefined {
    const foreign = foreignReason(request.headers, this.#local);
    if (foreign !== undefined) return { status: 403, body: `${foreign}\n` };
    if (request.method === this.#method) return undefined;
    response.setHeader('allow', this.#method);
    return { status: 405, body: `the method is ${request.method ?? 'missing'}; it must be ${this.#method}\n` };
  }

  async #answerOf(request: IncomingMessage): Promise<PlaygroundAnswer> {
    const [path = ''] = (request.url ?? '').split('?');
    let segments: readonly string[];
    try {
      segments = path.slice(1).split('/').map(decodeURIComponent);
    } catch {
      return { status: 400, body: `the path ${path} is not encoded correctly\n` };
    }
    const limits = { bodyBytesMax, timeoutMs: requestTimeoutMs, budget: this.#budget };
    return this.#answer({ segments, contentType: request.headers['content-type'], receive: () => receiveBody(request, limits) });
  }

  #logRefusal({ method, url, socket }: IncomingMessage, { status, body = '' }: PlaygroundAnswer): void {
    this.#rejections?.rejected({ status, reason: String(body).trim(), method, url, client: socket.remoteAddress });
  }
}
