import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { StatefunError, toError } from '../../shared/errors.ts';

export interface PlaygroundAnswer {
  readonly status: number;
  readonly body?: string | Uint8Array;
  readonly contentType?: string;
}

export type AnswerRequest = (request: IncomingMessage, segments: readonly string[]) => Promise<PlaygroundAnswer>;

/** A small HTTP server: every answer has its status both as such, and in the header `Status`, where the playground of StateFun has it. */
export class HttpListener {
  readonly #answer: AnswerRequest;
  #server: Server | undefined;

  constructor(answer: AnswerRequest) {
    this.#answer = answer;
  }

  /** The port it listens on; undefined while it does not. */
  get port(): number | undefined {
    // A server that listens on a port has an address of this kind.
    return (this.#server?.address() as AddressInfo | null | undefined)?.port;
  }

  /** Throws PLAYGROUND_PORT_UNUSABLE. */
  async start(port: number): Promise<void> {
    const server = createServer((request, response) => void this.#respond(request, response));
    this.#server = server;
    await new Promise<void>((resolve, reject) => {
      server.once('error', (cause) => {
        const summary = `port ${port} cannot be listened on: ${cause.message}.`;
        reject(new StatefunError('PLAYGROUND_PORT_UNUSABLE', summary, { facts: { port }, cause }));
      });
      server.listen(port, resolve);
    });
  }

  async stop(): Promise<void> {
    const server = this.#server;
    if (server?.listening !== true) return;
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeIdleConnections();
    });
  }

  async #respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { status, body, contentType } = await this.#answerOf(request);
    // What was not read of a request that is refused would be taken for the next one.
    if (!request.complete) response.setHeader('connection', 'close');
    response.writeHead(status, { Status: String(status), ...(contentType === undefined ? {} : { 'content-type': contentType }) });
    response.end(body);
  }

  async #answerOf(request: IncomingMessage): Promise<PlaygroundAnswer> {
    const [path = ''] = (request.url ?? '').split('?');
    let segments: readonly string[];
    try {
      segments = path.slice(1).split('/').map(decodeURIComponent);
    } catch {
      return { status: 400, body: `the path ${path} is not encoded correctly\n` };
    }
    try {
      return await this.#answer(request, segments);
    } catch (error) {
      return { status: 503, body: `${toError(error).message}\n` };
    }
  }
}
