import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer, type ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { BatchResponse, InvocationBatch } from '../../../src/functions/remote/invocation-batch.ts';
import { encodeFromFunction } from '../../../src/request-reply/protocol/encode-response.ts';
import { decodeToFunction } from '../../../src/request-reply/protocol/request.ts';

export interface ReceivedRequest {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly rawHeaders: readonly string[];
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
  /** Names the connection: the number of the remote port. */
  readonly port: number | undefined;
}

/** Answers one request. */
export type Answering = (response: ServerResponse, request: ReceivedRequest) => void | Promise<void>;

/** A server of one test: everything it is sent is kept, everything it answers is up to the test. */
export class FunctionServer {
  readonly requests: ReceivedRequest[] = [];
  answering: Answering;
  readonly #server: Server;
  #secure = false;

  constructor(answering: Answering = answerWith(() => emptyResult), tls?: ServerOptions) {
    this.answering = answering;
    const listener = (request: IncomingMessage, response: ServerResponse): void => void this.#receive(request, response);
    this.#secure = tls !== undefined;
    this.#server = tls === undefined ? createServer(listener) : createSecureServer(tls, listener);
    this.#server.keepAliveTimeout = 30_000;
  }

  /** Starts on a port of its own, on that of before, or on a socket. */
  async start(where: number | string = 0): Promise<this> {
    await new Promise<void>((resolve) => {
      if (typeof where === 'string') this.#server.listen(where, resolve);
      else this.#server.listen(where, '127.0.0.1', resolve);
    });
    return this;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `${this.#secure ? 'https' : 'http'}://127.0.0.1:${this.port}/statefun`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    if (this.#server.listening) await new Promise((resolve) => this.#server.close(resolve));
  }

  async #receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const { method, url, rawHeaders, headers, socket } = request;
    const received = { method, url, rawHeaders, headers, body: Buffer.concat(chunks), port: socket.remotePort };
    this.requests.push(received);
    await this.answering(response, received);
  }
}

export const emptyResult: BatchResponse = { kind: 'result', mutations: [], messages: [], delayed: [], egress: [] };

/** Serves a function, as an SDK does. */
export function answerWith(handle: (batch: InvocationBatch) => BatchResponse): Answering {
  return (response, { body }) => send(response, 200, Buffer.from(encodeFromFunction(handle(decodeToFunction(body)))));
}

export function send(response: ServerResponse, status: number, body: string | Buffer, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/octet-stream', ...headers }).end(body);
}
