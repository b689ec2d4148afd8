import { StatefunError, toError } from '../../shared/errors.ts';

/** What Kinesis answers when the same call can work later. */
const retriableNames: ReadonlySet<string> = new Set([
  'InternalFailure',
  'InternalFailureException',
  'KMSThrottlingException',
  'LimitExceededException',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'ServiceUnavailable',
  'Throttling',
  'ThrottlingException',
  'TimeoutError',
]);

/** What Kinesis answers when it refused the call without taking anything: the records can be sent again without being there twice. */
const throttledNames: ReadonlySet<string> = new Set([
  'KMSThrottlingException',
  'LimitExceededException',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'Throttling',
  'ThrottlingException',
]);

const refusedNames: ReadonlySet<string> = new Set(['InvalidArgumentException', 'ValidationException', 'SerializationException']);

/** What AWS answers when it does not know, or no longer trusts, who is asking. */
const refusedCredentialsNames: ReadonlySet<string> = new Set([
  'ExpiredToken',
  'ExpiredTokenException',
  'IncompleteSignature',
  'InvalidClientTokenId',
  'InvalidSignatureException',
  'MissingAuthenticationTokenException',
  'UnrecognizedClientException',
]);

/** The call can work later: throttled, a failure of the service, or of the network. */
export function isRetriable(error: unknown): boolean {
  const { name, status, code } = factsOf(error);
  if (retriableNames.has(name)) return true;
  if (status !== undefined) return status >= 500 || status === 429;
  // Node's network failures: ECONNREFUSED, ENOTFOUND, EAI_AGAIN, EPIPE; a parser failure: HPE_… Its programming errors start with ERR_.
  return code !== undefined && /^(E(?!RR_)|HPE_)[A-Z_]+$/.test(code);
}

export function isThrottled(error: unknown): boolean {
  return throttledNames.has(factsOf(error).name);
}

/** Kinesis finds the content of the call wrong. */
export function isRefused(error: unknown): boolean {
  return refusedNames.has(factsOf(error).name);
}

export function isExpiredIterator(error: unknown): boolean {
  return factsOf(error).name === 'ExpiredIteratorException';
}

export function isExpiredToken(error: unknown): boolean {
  return factsOf(error).name === 'ExpiredNextTokenException';
}

export function isMissing(error: unknown): boolean {
  return factsOf(error).name === 'ResourceNotFoundException';
}

export function isDenied(error: unknown): boolean {
  return factsOf(error).name === 'AccessDeniedException';
}

/** The error of a call that describes or reads the stream, in the framework's words. */
export function toReadError(error: unknown, stream: string): StatefunError {
  if (StatefunError.is(error)) return error;
  const facts = { stream, kinesisError: factsOf(error).name };
  if (isMissing(error))
    return new StatefunError('KINESIS_STREAM_MISSING', `There is no Kinesis stream "${stream}".`, { facts, cause: error });
  const { name } = factsOf(error);
  if (name === 'CredentialsProviderError') {
    const summary = `There are no AWS credentials to reach stream "${stream}" with.`;
    return new StatefunError('KINESIS_CREDENTIALS_MISSING', summary, { facts, cause: error });
  }
  if (refusedCredentialsNames.has(name)) {
    const summary = `AWS refuses the credentials used for stream "${stream}": ${textOf(error)}`;
    return new StatefunError('KINESIS_CREDENTIALS_REFUSED', summary, { facts, cause: error });
  }
  if (isRetriable(error)) {
    return new StatefunError('KINESIS_UNREACHABLE', `Kinesis does not answer for stream "${stream}": ${textOf(error)}`, {
      facts,
      cause: error,
    });
  }
  return new StatefunError('KINESIS_READ_FAILED', `Stream "${stream}" cannot be read: ${textOf(error)}`, { facts, cause: error });
}

/** The error of a PutRecords call, in the framework's words. */
export function toWriteError(error: unknown, stream: string): StatefunError {
  const facts = { stream, kinesisError: factsOf(error).name };
  if (isMissing(error))
    return new StatefunError('KINESIS_STREAM_MISSING', `There is no Kinesis stream "${stream}".`, { facts, cause: error });
  return new StatefunError('KINESIS_WRITE_FAILED', `PutRecords to stream "${stream}" failed: ${textOf(error)}`, { facts, cause: error });
}

function textOf(error: unknown): string {
  const { name, message } = toError(error);
  return message === '' ? name : `${name}: ${message}`;
}

function factsOf(error: unknown): { name: string; status: number | undefined; code: string | undefined } {
  if (typeof error !== 'object' || error === null) return { name: '', status: undefined, code: undefined };
  // Errors of the SDK carry these; each is checked before it is used.
  const { name, code, $metadata } = error as { name?: unknown; code?: unknown; $metadata?: { httpStatusCode?: unknown } };
  const status = $metadata?.httpStatusCode;
  return {
    name: typeof name === 'string' ? name : '',
    status: typeof status === 'number' ? status : undefined,
    code: typeof code === 'string' ? code : undefined,
  };
}
