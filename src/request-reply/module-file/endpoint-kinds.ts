import { dirname, isAbsolute, resolve } from 'node:path';
import { StatefunError } from '../../shared/errors.ts';
import { parseEndpointUrl } from '../calling/endpoint-url.ts';
import { remoteFunctions, type RemoteFunctionsOptions, type RemoteTlsOptions } from '../calling/remote-functions.ts';
import type { SpecReader } from './spec-reader.ts';

type Options = { -readonly [Key in keyof RemoteFunctionsOptions]: RemoteFunctionsOptions[Key] };

const batchMessagesMaxDefault = 1_000;

/** Reads an endpoint of the kind `io.statefun.endpoints.v2/http`. */
export function readEndpointV2(spec: SpecReader, file: string): RemoteFunctionsOptions | undefined {
  return readEndpoint(spec, file, (options) => {
    const transport = spec.map('transport');
    const type = transport?.text('type') ?? 'io.statefun.transports.v1/async';
    if (transport === undefined) return;
    if (type === 'io.statefun.transports.v1/okhttp') readTimeouts(transport, options);
    else if (type === 'io.statefun.transports.v1/async') readAsyncTransport(transport, file, options);
    else transport.problem(`${transport.path}.type "${type}" is not known; there are io.statefun.transports.v1/async and …/okhttp`, 'type');
    transport.end();
  });
}

/** Reads an endpoint of the kind `io.statefun.endpoints.v1/http`, which always has the transport `okhttp`. */
export function readEndpointV1(spec: SpecReader, file: string): RemoteFunctionsOptions | undefined {
  return readEndpoint(spec, file, (options) => readTimeouts(spec, options));
}

function readEndpoint(spec: SpecReader, file: string, readTransport: (options: Options) => void): RemoteFunctionsOptions | undefined {
  const functions = spec.requiredText('functions');
  const url = spec.requiredText('urlPathTemplate');
  const options: Options = { functions: functions ?? 'a/a', url: url ?? 'http://a/' };
  const batch = spec.integer('maxNumBatchRequests', Number.MIN_SAFE_INTEGER) ?? batchMessagesMaxDefault;
  // Flink reads 0 and less as "no limit".
  options.batchMessagesMax = batch > 0 ? batch : 100_000;
  readTransport(options);
  readEngineKeys(spec, file, options);
  spec.end();
  try {
    parseEndpointUrl(options.url);
    remoteFunctions(options);
  } catch (thrown) {
    if (!StatefunError.is(thrown)) throw thrown;
    spec.problem(thrown.summary.replace(/\.$/, ''), undefined, thrown.hint);
    return undefined;
  }
  return functions === undefined || url === undefined ? undefined : options;
}

/** Reads settings of this engine, under a key that Flink ignores. */
function readEngineKeys(spec: SpecReader, file: string, options: Options): void {
  const engine = spec.map('engine');
  if (engine === undefined) return;
  const onFailure = engine.text('onFailure');
  // The values are checked together with all other options.
  if (onFailure !== undefined) options.onFailure = onFailure as NonNullable<Options['onFailure']>;
  const whenUnavailable = engine.text('whenUnavailable');
  if (whenUnavailable !== undefined) options.whenUnavailable = whenUnavailable as NonNullable<Options['whenUnavailable']>;
  const secretFile = engine.text('signingSecretFile');
  if (secretFile !== undefined) options.signingSecretFile = pathOf(secretFile, file);
  engine.end();
}

function readAsyncTransport(transport: SpecReader, file: string, options: Options): void {
  set(options, 'callBudget', transport.duration('call'));
  set(options, 'connectTimeout', transport.duration('connect'));
  set(options, 'poolTtl', transport.duration('pool_ttl'));
  set(options, 'poolSize', transport.integer('pool_size', 1));
  set(options, 'payloadBytesMax', transport.integer('payload_max_bytes', 1));
  const tls = {
    caFile: certificate(transport, 'trust_cacerts', file),
    certFile: certificate(transport, 'client_cert', file),
    keyFile: certificate(transport, 'client_key', file),
    passphraseFile: certificate(transport, 'client_key_password', file),
  };
  const given = Object.fromEntries(Object.entries(tls).filter(([, path]) => path !== undefined)) as RemoteTlsOptions;
  if (Object.keys(given).length > 0) options.tls = given;
  const timeouts = transport.map('timeouts');
  if (timeouts === undefined) return;
  // Older keys take precedence, with their older defaults.
  options.callBudget = timeouts.duration('call') ?? '1m';
  options.connectTimeout = timeouts.duration('connect') ?? '10s';
  timeouts.withoutEffect('read', 'the engine waits for the whole response, up to the timeout of the call');
  timeouts.withoutEffect('write', 'the engine waits for the whole response, up to the timeout of the call');
  timeouts.end();
}

/** Reads the timeouts of the transport `okhttp`. */
function readTimeouts(spec: SpecReader, options: Options): void {
  options.finalStatuses = 'client-errors';
  options.callBudget = '1m';
  options.connectTimeout = '10s';
  const timeouts = spec.map('timeouts');
  if (timeouts === undefined) return;
  set(options, 'callBudget', timeouts.duration('call'));
  set(options, 'connectTimeout', timeouts.duration('connect'));
  timeouts.withoutEffect('read', 'the engine waits for the whole response, up to the timeout of the call');
  timeouts.withoutEffect('write', 'the engine waits for the whole response, up to the timeout of the call');
  timeouts.end();
}

function certificate(transport: SpecReader, key: string, file: string): string | undefined {
  const path = transport.text(key);
  if (path?.startsWith('classpath:') === true) {
    transport.problem(`${transport.path}.${key} lies on a class path, and there is none`, key, 'Give the path of a file.');
    return undefined;
  }
  return path === undefined ? undefined : pathOf(path, file);
}

/** Resolves a path relative to the module file. */
function pathOf(path: string, file: string): string {
  if (path.startsWith('file:/')) return path;
  const plain = path.replace(/^file:/, '');
  return isAbsolute(plain) ? plain : resolve(dirname(file), plain);
}

function set<Key extends keyof Options>(options: Options, key: Key, value: Options[Key] | undefined): void {
  if (value !== undefined) options[key] = value;
}
