import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { StatefunError, toError } from '../../shared/errors.ts';
import { ByteBudget } from '../../shared/http/byte-budget.ts';
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

/** A request with an address of the playground, and its method. */
export interface PlaygroundRequest {
  readonly segments: readonly string[];
  readonly contentType: string | undefined;
  /** Reads the body. Its room is given back by releasing it. */
  readonly receive: () => Promise<ReceivedBody>;
}

export type AnswerRequest = (request: PlaygroundRequest) => Promise<PlaygroundAnswer>;

export interface HttpListenerOptions {
  readonly port: number;
  readonly host: string;
  readonly logger: Logger;
}

/** Where a playground listens unless it is told otherwise: only this machine reaches it. */
export const playgroundHost = '127.0.0.1';

/** Largest message: a store keeps each as one value. */
export const bodyBytesMax = 16 * 1024 * 1024;

/** Most bytes of all requests under way: eight of the largest. */
const pendingBytesMax = 8 * bodyBytesMax;

/** How long the head of a request may take, and how long its body. */
const requestTimeoutMs = 30_000;

/**
 * A small HTTP server with one method: every answer has its status both as such, and in the header `Status`, where the playground of StateFun
 * has it. What a page of another site may have sent is refused.
 */
export class HttpListener {
  readonly #method: 'GET' | 'PUT';
  readonly #answer: AnswerRequest;
  readonly #budget: ByteBudget;
  #server: Server | undefined;
  #local = true;
  #rejections: RejectionLog | undefined;

  constructor(method: 'GET' | 'PUT', answer: AnswerRequest, budget: ByteBudget = new ByteBudget(pendingBytesMax)) {
    this.#method = method;
    this.#answer = answer;
    this.#budget = budget;
  }

  /** The port it listens on; undefined while it does not. */
  get port(): number | undefined {
    // A server that listens on a port has an address of this kind.
    return (this.#server?.address() as AddressInfo | null | undefined)?.port;
  }

  /** Throws PLAYGROUND_PORT_UNUSABLE. */
  async start({ port, host, logger }: HttpListenerOptions): Promise<void> {
    const server = createServer(serverTimeouts(requestTimeoutMs), (request, response) => void this.#respond(request, response));
    this.#server = server;
    this.#local = isLoopback(host);
    this.#rejections = new RejectionLog(logger);
    await new Promise<void>((resolve, reject) => {
      server.once('error', (cause) => {
        const summary = `${host}:${port} cannot be listened on: ${cause.message}.`;
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
      server.closeIdleConnections();
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
    // That there is nothing to read is what a reader who waits is told all the time.
    if (status >= 400 && status !== 404) this.#logRefusal(request, answer);
    // What was not read of a request that is refused would be taken for the next one.
    if (!request.complete) {
      response.setHeader('connection', 'close');
      request.resume();
    }
    response.writeHead(status, { Status: String(status), ...(contentType === undefined ? {} : { 'content-type': contentType }) });
    response.end(body);
  }

  /** Before anything of it is read. */
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
