import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { toMilliseconds, type Duration } from '../../../shared/time/duration.ts';
import { Connections } from '../../../shared/http/connections.ts';
import { holdsCertificate } from '../../../shared/http/holds-certificate.ts';
import { StatefunError } from '../../../shared/errors.ts';
import { serverTimeouts } from '../../../shared/http/server-timeouts.ts';
import type { Logger } from '../../../shared/logger.ts';
import { startTimer, timerMsMax } from '../../../shared/time/timers.ts';
import { RequestReplyHandler } from '../request-reply-handler.ts';
import type { ServedFunctions } from '../served-function.ts';
import { refusal } from './respond.ts';
import { requestDefaults, RequestMount, type RequestListenerOptions } from './request-listener.ts';

/** Certificates, as PEM text or bytes. */
export interface ServerTls {
  readonly cert: string | Uint8Array;
  readonly key: string | Uint8Array;
  readonly passphrase?: string;
  /** The authority that signs client certificates. If it is set, clients without a certificate are refused (mutual TLS). */
  readonly clientCa?: string | Uint8Array;
}

/** Options of `serveFunctions`. */
export interface FunctionServerOptions extends RequestListenerOptions {
  /** The port; 0 takes a free one. @defaultValue 8000 */
  readonly port?: number;
  /** The host to listen on, in a container `'0.0.0.0'`. @defaultValue `'127.0.0.1'`, which only this machine reaches */
  readonly host?: string;
  /** The path of the endpoint. @defaultValue `'/statefun'` */
  readonly path?: string;
  /** Serves HTTPS. @defaultValue HTTP */
  readonly tls?: ServerTls;
  /**
   * How long an idle connection is kept, at least 20 seconds. Flink keeps connections for 15 to 18 seconds, and a call fails on a connection that
   * the server has closed first.
   *
   * @defaultValue `'75s'`
   */
  readonly keepAliveTimeout?: Duration;
  /** How long `close` waits for running calls. @defaultValue `'30s'` */
  readonly closeTimeout?: Duration;
  /** The logger for failures, unless `functions` is already a handler. @defaultValue standard error */
  readonly logger?: Logger;
}

const keepAliveMsMin = 20_000;

/**
 * Serves functions over HTTP. Resolves when the server listens. Rejects with SERVER_OPTION_INVALID, and with SERVER_NOT_LISTENING if the port or
 * the certificates cannot be used.
 */
export async function serveFunctions(
  functions: ServedFunctions | RequestReplyHandler,
  options: FunctionServerOptions = {},
): Promise<FunctionServer> {
  const handler = functions instanceof RequestReplyHandler ? functions : new RequestReplyHandler(functions, options);
  const keepAliveMs = toMilliseconds(options.keepAliveTimeout ?? '75s');
  if (keepAliveMs < keepAliveMsMin) throw optionInvalid('keepAliveTimeout', `${keepAliveMs} ms; at least 20s is needed`);
  const { path = '/statefun' } = options;
  const { requestTimeout, requestsMax, pendingBytesMax } = { ...requestDefaults, ...options };
  if (!path.startsWith('/')) throw optionInvalid('path', `"${path}"; it must begin with "/"`);
  for (const [name, value] of Object.entries({ requestsMax, pendingBytesMax })) {
    if (!(value >= 1)) throw optionInvalid(name, `${value}; at least 1 is needed`);
  }
  const requestMs = toMilliseconds(requestTimeout);
  if (requestMs < 1) throw optionInvalid('requestTimeout', `${requestMs} ms; at least 1ms is needed`);
  const server = new FunctionServer(handler, { ...options, path }, { keepAliveMs, requestMs });
  await server.listen(options.port ?? 8000, options.host ?? '127.0.0.1');
  return server;
}

type ServerOptions = FunctionServerOptions & Required<Pick<FunctionServerOptions, 'path'>>;

interface ServerTimes {
  readonly keepAliveMs: number;
  readonly requestMs: number;
}

/** A server created by {@link serveFunctions}. */
export class FunctionServer {
  readonly #server: Server;
  readonly #handler: RequestReplyHandler;
  readonly #mount: RequestMount;
  readonly #options: ServerOptions;
  readonly #closeTimeoutMs: number;
  readonly #connections: Connections;
  #url = '';
  #closing: Promise<void> | undefined;

  /** @internal */
  constructor(handler: RequestReplyHandler, options: ServerOptions, { keepAliveMs, requestMs }: ServerTimes) {
    this.#options = options;
    this.#handler = handler;
    this.#mount = new RequestMount(handler, options);
    this.#closeTimeoutMs = toMilliseconds(options.closeTimeout ?? '30s');
    this.#server = makeServer(options.tls, serverTimeouts(requestMs), (request, response) => this.#serve(request, response));
    this.#server.keepAliveTimeout = Math.min(keepAliveMs, timerMsMax);
    this.#connections = new Connections(this.#server, options.tls === undefined ? 'connection' : 'secureConnection');
  }

  /** The URL of the functions, for the `urlPathTemplate` of an endpoint. */
  get url(): string {
    return this.#url;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port; // Safe: it listens on a port, not on a pipe.
  }

  /**
   * Stops accepting connections, closes idle ones, and sends 503 to requests whose bodies are incomplete. Waits at most `closeTimeout` for
   * running calls.
   */
  close(): Promise<void> {
    return (this.#closing ??= new Promise((resolve) => {
      this.#mount.close();
      const cancel = startTimer(this.#closeTimeoutMs, () => this.#connections.closeAll());
      this.#server.close(() => {
        cancel();
        this.#handler.rejections.close();
        resolve();
      });
      this.#connections.closeIdle();
    }));
  }

  /** @internal */
  async listen(port: number, host: string): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', (cause) => {
        reject(
          new StatefunError('SERVER_NOT_LISTENING', `cannot listen on ${host}:${port}: ${cause.message}.`, {
            facts: { host, port },
            cause,
          }),
        );
      });
      this.#server.listen(port, host, resolve);
    });
    const name = host.includes(':') ? `[${host}]` : host;
    this.#url = `${this.#options.tls === undefined ? 'http' : 'https'}://${name}:${this.port}${this.#options.path}`;
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    const { path } = this.#options;
    if (request.url?.split('?', 1)[0] === path) void this.#mount.serve(request, response);
    else
      this.#mount.refuse(request, response, refusal(404, `nothing is served at ${request.url ?? 'this path'}; functions are at ${path}.`));
  }
}

function makeServer(
  tls: ServerTls | undefined,
  timeouts: ReturnType<typeof serverTimeouts>,
  listener: (request: IncomingMessage, response: ServerResponse) => void,
): Server {
  if (tls === undefined) return createServer(timeouts, listener);
  const { cert, key, passphrase, clientCa } = tls;
  // Checked for callers in JavaScript: without both, the server would use plain HTTP.
  const given: Partial<ServerTls> = tls;
  if (given.cert === undefined || given.key === undefined) throw optionInvalid('tls', 'incomplete: HTTPS needs both cert and key');
  if (clientCa !== undefined && !holdsCertificate(clientCa)) throw optionInvalid('tls.clientCa', 'no certificate of an authority');
  const bytesOf = (pem: string | Uint8Array): string | Buffer => (typeof pem === 'string' ? pem : Buffer.from(pem));
  const client = clientCa === undefined ? {} : { ca: bytesOf(clientCa), requestCert: true, rejectUnauthorized: true };
  const secret = passphrase === undefined ? {} : { passphrase };
  try {
    return createTlsServer({ ...timeouts, cert: bytesOf(cert), key: bytesOf(key), ...secret, ...client }, listener);
  } catch (cause) {
    const { message } = cause as Error; // Safe: Node throws errors.
    throw new StatefunError('SERVER_NOT_LISTENING', `the certificates of the server cannot be used: ${message}.`, { cause });
  }
}

function optionInvalid(option: string, text: string): StatefunError {
  return new StatefunError('SERVER_OPTION_INVALID', `${option} is ${text}.`, { facts: { option } });
}
