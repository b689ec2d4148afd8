import { StatefunError, toError } from '../../shared/errors.ts';

const unreadableName = 'UnreadableAnswer';

/** Names of errors after which the same call can work later, including responses that are not from Kinesis. */
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
  unreadableName,
]);

/** Request Timeout and Too Many Requests: the same call can work later. */
const retriableStatuses: ReadonlySet<number> = new Set([408, 429]);

/**
 * Names of errors for responses without an error of Kinesis: an HTML page, a part of a text, an empty body. They come from a server in
 * between, and say nothing about the stream or the call.
 */
const namesOfNoAnswer: ReadonlySet<string> = new Set(['', 'Error', 'SyntaxError', 'TypeError', 'RangeError', 'Unknown', 'UnknownError']);

/** Names of errors after which Kinesis has taken nothing: records can be sent again without duplicates. */
const throttledNames: ReadonlySet<string> = new Set([
  'KMSThrottlingException',
  'LimitExceededException',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'Throttling',
  'ThrottlingException',
]);

const refusedNames: ReadonlySet<string> = new Set(['InvalidArgumentException', 'ValidationException', 'SerializationException']);

/** Names of errors for credentials that AWS does not know or no longer accepts. */
const refusedCredentialsNames: ReadonlySet<string> = new Set([
  'ExpiredToken',
  'ExpiredTokenException',
  'IncompleteSignature',
  'InvalidClientTokenId',
  'InvalidSignatureException',
  'MissingAuthenticationTokenException',
  'UnrecognizedClientException',
]);

/** Whether the call can work later: it was throttled, the service or network failed, or the response is not from Kinesis. */
export function isRetriable(error: unknown): boolean {
  const { name, status, code } = factsOf(error);
  // Network errors first: an incomplete response has a status, too.
  if (isNetworkCode(code) || retriableNames.has(name)) return true;
  if (status === undefined) return false;
  return status >= 500 || retriableStatuses.has(status) || namesOfNoAnswer.has(name);
}

/** Whether the SDK found no credentials, for example because the metadata service of the machine did not respond. */
export function isWithoutCredentials(error: unknown): boolean {
  return factsOf(error).name === 'CredentialsProviderError';
}

/** Whether the code is a network failure (ECONNREFUSED, ENOTFOUND, EAI_AGAIN, EPIPE) or HTTP parser failure (HPE_…) of Node, not ERR_…. */
function isNetworkCode(code: string | undefined): boolean {
  return code !== undefined && /^(E(?!RR_)|HPE_)[A-Z_]+$/.test(code);
}

/** Creates the error for a response without a required field. The call can be retried. */
export function unreadableResponse(operation: string, field: string): Error {
  return Object.assign(new Error(`the response to ${operation} has no valid ${field}`), { name: unreadableName });
}

export function isThrottled(error: unknown): boolean {
  return throttledNames.has(factsOf(error).name);
}

/** Whether Kinesis refuses the content of the call. */
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

/** Translates the error of a call that describes or reads the stream. */
export function toReadError(error: unknown, stream: string): StatefunError {
  if (StatefunError.is(error)) return error;
  const facts = { stream, kinesisError: factsOf(error).name };
  if (isMissing(error))
    return new StatefunError('KINESIS_STREAM_MISSING', `There is no Kinesis stream "${stream}".`, { facts, cause: error });
  const { name } = factsOf(error);
  if (isWithoutCredentials(error)) {
    const summary = `There are no AWS credentials for stream "${stream}".`;
    return new StatefunError('KINESIS_CREDENTIALS_MISSING', summary, { facts, cause: error });
  }
  if (refusedCredentialsNames.has(name)) {
    const summary = `AWS refuses the credentials used for stream "${stream}": ${textOf(error)}`;
    return new StatefunError('KINESIS_CREDENTIALS_REFUSED', summary, { facts, cause: error });
  }
  if (isRetriable(error)) {
    return new StatefunError('KINESIS_UNREACHABLE', `Kinesis does not respond for stream "${stream}": ${textOf(error)}`, {
      facts,
      cause: error,
    });
  }
  return toUnreadable(error, stream);
}

/** Translates the error of an existing stream that cannot be read. */
export function toUnreadable(error: unknown, stream: string): StatefunError {
  const facts = { stream, kinesisError: factsOf(error).name };
  return new StatefunError('KINESIS_READ_FAILED', `Stream "${stream}" cannot be read: ${textOf(error)}`, { facts, cause: error });
}

/** Translates the error of a PutRecords call. */
export function toWriteError(error: unknown, stream: string): StatefunError {
  const facts = { stream, kinesisError: factsOf(error).name };
  if (isMissing(error))
    return new StatefunError('KINESIS_STREAM_MISSING', `There is no Kinesis stream "${stream}".`, { facts, cause: error });
  return new StatefunError('KINESIS_WRITE_FAILED', `PutRecords to stream "${stream}" failed: ${textOf(error)}`, { facts, cause: error });
}

/** Returns the text of an error: with the status if the response is not from Kinesis, and without the SDK's advice on its own fields. */
export function textOf(error: unknown): string {
  const { message } = toError(error);
  const { name, status } = factsOf(error);
  const [firstLine = ''] = message.split('\n');
  const text = firstLine === '' ? name : name === 'Error' || name === unreadableName ? firstLine : `${name}: ${firstLine}`;
  return status !== undefined && namesOfNoAnswer.has(name) ? `a response with status ${status} that is not from Kinesis (${text})` : text;
}

function factsOf(error: unknown): { name: string; status: number | undefined; code: string | undefined } {
  if (typeof error !== 'object' || error === null) return { name: '', status: undefined, code: undefined };
  // Safe: errors of the SDK have these properties, and each is checked before use.
  const { name, code, $metadata } = error as { name?: unknown; code?: unknown; $metadata?: { httpStatusCode?: unknown } };
  const status = $metadata?.httpStatusCode;
  return {
    name: typeof name === 'string' ? name : '',
    status: typeof status === 'number' ? status : undefined,
    code: typeof code === 'string' ? code : undefined,
  };
}
