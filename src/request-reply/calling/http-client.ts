import { Agent as HttpAgent, request as requestHttp, type ClientRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import type { Socket } from 'node:net';
import type { BatchResponse, InvocationBatch } from '../../functions/remote/invocation-batch.ts';
import type { RemoteClient } from '../../functions/remote/remote-function.ts';
import { StatefunError, toError } from '../../shared/errors.ts';
import type { Logger } from '../../shared/logger.ts';
import { startTimer, timerMsMax } from '../../shared/time/timers.ts';
import { encodeToFunction } from '../protocol/request.ts';
import { parseEndpointUrl, type EndpointTarget } from './endpoint-url.ts';
import { octetStream, readResponse, type ResponseLimits } from './read-response.ts';
import { signatureHeader, signRequest } from './sign-request.ts';

/** Certificates and keys of a connection, as PEM text. */
export interface ClientTls {
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  readonly passphrase?: string | undefined;
}

export interface HttpClientOptions {
  /** The URL, optionally with `{function.name}`, see {@link parseEndpointUrl}. */
  readonly url: string;
  /** Connect timeout, including TLS. */
  readonly connectTimeoutMs: number;
  /** Most open connections. */
  readonly poolSize: number;
  /** How long an idle connection is kept. */
  readonly poolTtlMs: number;
  /** Largest request and response. */
  readonly payloadBytesMax: number;
  readonly tls?: ClientTls | undefined;
  /** Signs every request, see {@link signRequest}. */
  readonly signingSecret?: string | undefined;
  readonly isFinal: (status: number) => boolean;
  readonly logger: Logger;
}

/**
 * Calls functions over HTTP/1.1, with the headers of StateFun's runtime and one attempt per call.
 *
 * It uses Node's client, whose agents keep and limit connections and support Unix sockets. HTTP/2 is no part of the protocol.
 */
export class HttpFunctionClient implements RemoteClient {
  readonly description: string;
  readonly #options: HttpClientOptions;
  readonly #targetOf: (functionName: string) => EndpointTarget;
  readonly #targets = new Map<string, EndpointTarget>();
  readonly #agent: HttpAgent;
  #warned = false;

  /** Throws REMOTE_ENDPOINT_INVALID. */
  constructor(options: HttpClientOptions) {
    this.description = options.url;
    this.#options = options;
    this.#targetOf = parseEndpointUrl(options.url);
    const { poolSize, poolTtlMs, tls } = options;
    // The timeout of an agent closes idle connections.
    const pool = {
      keepAlive: true,
      maxSockets: poolSize,
      maxFreeSockets: poolSize,
      ...(poolTtlMs > 0 ? { timeout: Math.min(poolTtlMs, timerMsMax) } : {}),
    };
    this.#agent = this.#targetOf('name').secure ? secureAgent(pool, tls, options.url) : new HttpAgent(pool);
  }

  async call(batch: InvocationBatch, signal: AbortSignal): Promise<BatchResponse> {
    const body = encodeToFunction(batch);
    const { payloadBytesMax, url, isFinal } = this.#options;
    if (body.byteLength > payloadBytesMax) {
      const summary = `a request of ${body.byteLength} bytes to ${url} is larger than the ${payloadBytesMax} bytes that are allowed.`;
      throw new StatefunError('PROTOCOL_MESSAGE_TOO_LARGE', summary, { facts: { url, bytes: body.byteLength, bytesMax: payloadBytesMax } });
    }
    const limits: ResponseLimits = { url, bytesMax: payloadBytesMax, isFinal };
    try {
      const answer = await this.#send(body, this.#target(batch.target.type), signal);
      return await readResponse(answer, limits, () => this.#warnEmpty(batch.target.type));
    } catch (error) {
      if (StatefunError.is(error)) throw error;
      throw new StatefunError('REMOTE_CALL_FAILED', `the connection to ${url} broke: ${toError(error).message}.`, {
        facts: { url },
        cause: error,
      });
    }
  }

  close(): Promise<void> {
    this.#agent.destroy();
    return Promise.resolve();
  }

  #target(type: string): EndpointTarget {
    const name = type.slice(type.indexOf('/') + 1);
    let target = this.#targets.get(name);
    if (target === undefined) {
      target = this.#targetOf(name);
      // Senders of messages choose the names, so their number is limited.
      if (this.#targets.size < 1_000) this.#targets.set(name, target);
    }
    return target;
  }

  #send(body: Uint8Array, target: EndpointTarget, signal: AbortSignal): Promise<IncomingMessage> {
    const { socketPath, hostname, port, path, secure } = target;
    const where = socketPath === undefined ? { hostname, port } : { socketPath };
    const options: RequestOptions = {
      method: 'POST',
      path,
      agent: this.#agent,
      headers: this.#headers(body, target.host),
      signal,
      ...where,
    };
    return new Promise((resolve, reject) => {
      const request = secure ? requestHttps(options) : requestHttp(options);
      const connection = watchConnection(request, secure, this.#options.connectTimeoutMs);
      request.on('response', resolve);
      request.on('error', (error) => {
        connection.ended();
        reject(connection.isThere() || signal.aborted ? error : unavailable(this.#options.url, error));
      });
      request.end(body);
    });
  }

  #headers(body: Uint8Array, host: string): Record<string, string | number> {
    const { signingSecret } = this.#options;
    return {
      host,
      'content-type': octetStream,
      accept: octetStream,
      'accept-encoding': 'gzip,deflate',
      connection: 'keep-alive',
      'user-agent': 'statefun',
      'content-length': body.byteLength,
      ...(signingSecret === undefined ? {} : { [signatureHeader]: signRequest(signingSecret, body, Date.now()) }),
    };
  }

  /** Logs an empty response. It is valid, but a broken server may send it too, and the line explains lost effects. */
  #warnEmpty(functionType: string): void {
    const level = this.#warned ? 'debug' : 'warn';
    this.#warned = true;
    const { url } = this.#options;
    this.#options.logger[level]('a remote function returned an empty body: its messages count as handled, without any effect', {
      functionType,
      url,
    });
  }
}

/** Established connections, including TLS. The agent does not report whether a request waits for an existing or for a new connection. */
const standing = new WeakSet<Socket>();

/** Watches the connection of a request: ends it after the connect timeout, and reports whether it was established. */
function watchConnection(request: ClientRequest, secure: boolean, timeoutMs: number): { isThere(): boolean; ended(): void } {
  let isThere = false;
  let cancel = (): void => undefined;
  request.on('socket', (socket: Socket) => {
    if (standing.has(socket)) {
      isThere = true;
      return;
    }
    cancel = startTimer(timeoutMs, () => request.destroy(new Error(`no connection within ${timeoutMs} ms`)));
    socket.once(secure ? 'secureConnect' : 'connect', () => {
      isThere = true;
      standing.add(socket);
      cancel();
    });
  });
  return { isThere: () => isThere, ended: () => cancel() };
}

function secureAgent(pool: object, tls: ClientTls | undefined, url: string): HttpsAgent {
  const given = Object.fromEntries(Object.entries(tls ?? {}).filter(([, value]) => value !== undefined));
  try {
    return new HttpsAgent({ ...pool, ...given });
  } catch (cause) {
    throw new StatefunError('REMOTE_ENDPOINT_INVALID', `the certificates for ${url} cannot be used: ${toError(cause).message}.`, { cause });
  }
}

function unavailable(url: string, cause: Error): StatefunError {
  // Node combines the failures of several addresses in an error without a message.
  const { code = 'no connection' } = cause as NodeJS.ErrnoException;
  return new StatefunError('REMOTE_UNAVAILABLE', `${url} cannot be reached: ${cause.message === '' ? code : cause.message}.`, {
    facts: { url, code },
    cause,
  });
}
