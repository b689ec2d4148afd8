import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { OnFailure } from '../../functions/failure-policy.ts';
import type { RemoteFunctions } from '../../functions/remote/remote-function.ts';
import { holdsCertificate } from '../../shared/http/holds-certificate.ts';
import { isFunctionType } from '../../shared/address.ts';
import { toMilliseconds, type Duration } from '../../shared/time/duration.ts';
import { describe, StatefunError, toError } from '../../shared/errors.ts';
import type { Logger } from '../../shared/logger.ts';
import { protocolBytesMax } from '../protocol/codec.ts';
import { HttpFunctionClient, type ClientTls } from './http-client.ts';

/** Files with certificates and keys of the connections, as PEM. */
export interface RemoteTlsOptions {
  /** Certificates of authorities to trust in place of Node's. */
  readonly caFile?: string;
  /** The client certificate of the engine, for servers that require one; needs `keyFile`. */
  readonly certFile?: string;
  readonly keyFile?: string;
  /** A file with the passphrase of the key. */
  readonly passphraseFile?: string;
}

/** Options of {@link remoteFunctions}. */
export interface RemoteFunctionsOptions {
  /** The function type `namespace/name`, or `namespace/*` for every function of a namespace that is not declared otherwise. */
  readonly functions: string;
  /**
   * The URL of the server: `http:`, `https:` or `http+unix:///run/functions.sock/path`. `{function.name}` is replaced by the name of the function.
   */
  readonly url: string;
  /**
   * Total time for the attempts of a batch and the waits between them. After it the messages of the batch are tried one by one, and after the
   * same time `onFailure` decides on a single message. A longer time tolerates slower functions, but one message can block its address longer.
   *
   * @defaultValue `'2m'`
   */
  readonly callBudget?: Duration;
  /** Most messages per call. More need fewer calls for a busy address, fewer give smaller responses. @defaultValue `1000` */
  readonly batchMessagesMax?: number;
  /** What happens to a message after `callBudget`, or after a permanent failure. @defaultValue `'dead-letter'` */
  readonly onFailure?: OnFailure;
  /**
   * Whether time counts towards `callBudget` while the endpoint cannot be reached or responds with status 429 or 503. With `wait` it does not
   * count, so that an outage of any length produces no dead letters; with `fail` it counts.
   *
   * @defaultValue `'wait'`
   */
  readonly whenUnavailable?: 'wait' | 'fail';
  /** Connect timeout. @defaultValue `'20s'` */
  readonly connectTimeout?: Duration;
  /** Most open connections; further calls wait. @defaultValue `1024` */
  readonly poolSize?: number;
  /** How long an idle connection is kept. The server should keep it longer. `0` keeps it as long as the server. @defaultValue `'15s'` */
  readonly poolTtl?: Duration;
  /** Largest request and response, in bytes. @defaultValue 32 MiB */
  readonly payloadBytesMax?: number;
  readonly tls?: RemoteTlsOptions;
  /** A secret that signs every request, in the header `x-statefun-signature`. See docs/remote-functions.md. */
  readonly signingSecret?: string;
  /** A file with the secret, as an alternative to `signingSecret`. */
  readonly signingSecretFile?: string;
  /**
   * Statuses after which a call is not retried. `client-errors` are those below 500 except 408, 409, 420, 429 and 499, as in StateFun's older
   * transport. @defaultValue `'none'`
   */
  readonly finalStatuses?: 'none' | 'client-errors';
}

/**
 * Declares functions that another process serves over StateFun's request-reply protocol, in any language. List the result under `remote` of an
 * application. It opens no connection before the application starts. Throws REMOTE_ENDPOINT_INVALID and INVALID_DURATION.
 */
export function remoteFunctions(options: RemoteFunctionsOptions): RemoteFunctions {
  const { functions, url, batchMessagesMax = 1_000, poolSize = 1_024, payloadBytesMax = protocolBytesMax } = options;
  if (!isFunctionType(functions) || /\*(?!$)/.test(functions) || /[^/]\*$/.test(functions)) {
    throw invalid(`${describe(functions)} is neither a function type nor namespace/*`, { functions });
  }
  for (const [name, value] of Object.entries({ batchMessagesMax, poolSize, payloadBytesMax })) {
    if (!Number.isInteger(value) || value < 1)
      throw invalid(`${name} is ${describe(value)}; it must be a whole number from 1 on`, { name });
  }
  const { onFailure = 'dead-letter', whenUnavailable = 'wait' } = options;
  ensureOneOf('onFailure', onFailure, ['dead-letter', 'skip', 'stop']);
  ensureOneOf('whenUnavailable', whenUnavailable, ['wait', 'fail']);
  const settings = {
    url,
    poolSize,
    payloadBytesMax: Math.min(payloadBytesMax, protocolBytesMax),
    connectTimeoutMs: toMilliseconds(options.connectTimeout ?? '20s'),
    poolTtlMs: toMilliseconds(options.poolTtl ?? '15s'),
    isFinal: options.finalStatuses === 'client-errors' ? isClientError : () => false,
  };
  return {
    functions,
    policy: { callBudgetMs: toMilliseconds(options.callBudget ?? '2m'), batchMessagesMax, onFailure, whenUnavailable },
    connect: (logger: Logger) => {
      const signingSecret = options.signingSecret ?? read(options.signingSecretFile)?.trim();
      return new HttpFunctionClient({ ...settings, signingSecret, tls: readTls(options.tls), logger });
    },
  };
}

/** Statuses below 500 that StateFun's transport `okhttp` retries. */
const temporaryStatuses: readonly number[] = [408, 409, 420, 429, 499];

function isClientError(status: number): boolean {
  return status < 500 && !temporaryStatuses.includes(status);
}

function readTls(tls: RemoteTlsOptions | undefined): ClientTls | undefined {
  if (tls === undefined) return undefined;
  if ((tls.certFile === undefined) !== (tls.keyFile === undefined)) {
    throw invalid('a certificate and its key are given both or neither', { certFile: tls.certFile, keyFile: tls.keyFile });
  }
  const passphrase = read(tls.passphraseFile)?.replace(/\r?\n$/, '');
  const ca = read(tls.caFile);
  if (ca !== undefined && !holdsCertificate(ca)) throw invalid('the file of authorities holds no certificate', { caFile: tls.caFile });
  return { ca, cert: read(tls.certFile), key: read(tls.keyFile), passphrase };
}

function read(file: string | undefined): string | undefined {
  if (file === undefined) return undefined;
  try {
    return readFileSync(file.startsWith('file:/') ? fileURLToPath(file) : file.replace(/^file:/, ''), 'utf8');
  } catch (cause) {
    throw new StatefunError('REMOTE_ENDPOINT_INVALID', `the file ${file} cannot be read: ${toError(cause).message}.`, {
      facts: { file },
      cause,
    });
  }
}

function ensureOneOf(name: string, value: string, allowed: readonly string[]): void {
  if (!allowed.includes(value)) throw invalid(`${name} is ${describe(value)}; it must be one of ${allowed.join(', ')}`, { name, value });
}

function invalid(what: string, facts: Readonly<Record<string, unknown>>): StatefunError {
  return new StatefunError('REMOTE_ENDPOINT_INVALID', `${what}.`, { facts });
}
