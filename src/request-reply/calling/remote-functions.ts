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

/** Files with what proves who is at the ends of a connection, as PEM. */
export interface RemoteTlsOptions {
  /** Certificates of authorities to trust in place of those that Node knows. */
  readonly caFile?: string;
  /** The engine's own certificate, for servers that want one; needs `keyFile`. */
  readonly certFile?: string;
  readonly keyFile?: string;
  /** A file with the passphrase of the key. */
  readonly passphraseFile?: string;
}

/** Functions in another process, and how they are called. */
export interface RemoteFunctionsOptions {
  /** `namespace/name`, or `namespace/*` for every function of a namespace that nothing else names. */
  readonly functions: string;
  /**
   * Where they are served: `http:`, `https:`, `http+unix:///run/functions.sock/path`. `{function.name}` stands for the name of the function.
   */
  readonly url: string;
  /**
   * How long a batch is tried, attempts and the waits between them together, before its messages are tried one by one; a single message
   * before `onFailure` decides. Longer is patient with slow functions, and lets one message keep its address waiting for longer.
   *
   * @defaultValue `'2m'`
   */
  readonly callBudget?: Duration;
  /** Most messages of one call. Higher needs fewer calls for a busy address, lower gives smaller answers. @defaultValue `1000` */
  readonly batchMessagesMax?: number;
  /** What happens to a message whose budget is used up, or that cannot be helped by trying again. @defaultValue `'dead-letter'` */
  readonly onFailure?: OnFailure;
  /**
   * What time counts in which the endpoint cannot be reached, or asks for patience with status 429 or 503: `wait` waits it out, however long
   * it takes, so that an outage loses nothing; `fail` counts it towards `callBudget`.
   *
   * @defaultValue `'wait'`
   */
  readonly whenUnavailable?: 'wait' | 'fail';
  /** How long a connection may take to stand. @defaultValue `'20s'` */
  readonly connectTimeout?: Duration;
  /** Most connections at once; further calls wait for one. @defaultValue `1024` */
  readonly poolSize?: number;
  /** How long a connection that nothing uses is kept; the server should keep it longer. `0`: as long as the server. @defaultValue `'15s'` */
  readonly poolTtl?: Duration;
  /** Largest request and answer, in bytes. @defaultValue 32 MiB */
  readonly payloadBytesMax?: number;
  readonly tls?: RemoteTlsOptions;
  /** Signs every request with this secret, in the header `x-statefun-signature`: see docs/remote-functions.md. */
  readonly signingSecret?: string;
  /** A file with the secret, in place of `signingSecret`. */
  readonly signingSecretFile?: string;
  /**
   * Statuses that are not tried again: `none`, or, as StateFun's older transport has it, `client-errors`, those below 500 but for 408, 409,
   * 420, 429 and 499. @defaultValue `'none'`
   */
  readonly finalStatuses?: 'none' | 'client-errors';
}

/**
 * Functions that another process serves over StateFun's request-reply protocol, in whatever language, to be listed under `remote` of an
 * application. Nothing is connected before the application starts. Throws REMOTE_ENDPOINT_INVALID and INVALID_DURATION.
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

/** Those of StateFun's transport `okhttp` that are worth another try, although they are below 500. */
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
