import { StatefunError, toError } from '../../shared/errors.ts';

const unreadableName = 'UnreadableAnswer';

/** What is worth another try: what Kinesis answers when the same call can work later, and what is no answer of Kinesis. */
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
 * The names of errors that the SDK or JavaScript makes where the answer holds no error of Kinesis: an HTML page, half a text, nothing.
 * Somebody between here and Kinesis answered, and that says nothing about the stream or the call.
 */
const namesOfNoAnswer: ReadonlySet<string> = new Set(['', 'Error', 'SyntaxError', 'TypeError', 'RangeError', 'Unknown', 'UnknownError']);

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

/** The call can work later: throttled, a failure of the service or of the network, or an answer that is none of Kinesis. */
export function isRetriable(error: unknown): boolean {
  const { name, status, code } = factsOf(error);
  // The network first: an answer that breaks off has a status, too.
  if (isNetworkCode(code) || retriableNames.has(name)) return true;
  if (status === undefined) return false;
  return status >= 500 || retriableStatuses.has(status) || namesOfNoAnswer.has(name);
}

/** The SDK found no credentials, for example because the service of the machine that gives them did not answer. */
export function isWithoutCredentials(error: unknown): boolean {
  return factsOf(error).name === 'CredentialsProviderError';
}

/** Node's network failures: ECONNREFUSED, ENOTFOUND, EAI_AGAIN, EPIPE; a parser failure: HPE_… Its programming errors start with ERR_. */
function isNetworkCode(code: string | undefined): boolean {
  return code !== undefined && /^(E(?!RR_)|HPE_)[A-Z_]+$/.test(code);
}

/** The error of an answer without what every answer of the operation has; it is worth another try. */
export function unreadableResponse(operation: string, field: string): Error {
  return Object.assign(new Error(`the answer to ${operation} has no valid ${field}`), { name: unreadableName });
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
  if (isWithoutCredentials(error)) {
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
  return toUnreadable(error, stream);
}

/** The error of a stream that is there, and refuses to be read. */
export function toUnreadable(error: unknown, stream: string): StatefunError {
  const facts = { stream, kinesisError: factsOf(error).name };
  return new StatefunError('KINESIS_READ_FAILED', `Stream "${stream}" cannot be read: ${textOf(error)}`, { facts, cause: error });
}

/** The error of a PutRecords call, in the framework's words. */
export function toWriteError(error: unknown, stream: string): StatefunError {
  const facts = { stream, kinesisError: factsOf(error).name };
  if (isMissing(error))
    return new StatefunError('KINESIS_STREAM_MISSING', `There is no Kinesis stream "${stream}".`, { facts, cause: error });
  return new StatefunError('KINESIS_WRITE_FAILED', `PutRecords to stream "${stream}" failed: ${textOf(error)}`, { facts, cause: error });
}

/** For people: the status says most about an answer that is none of Kinesis, and the advice of the SDK about its inner fields nothing. */
export function textOf(error: unknown): string {
  const { message } = toError(error);
  const { name, status } = factsOf(error);
  const [firstLine = ''] = message.split('\n');
  const text = firstLine === '' ? name : name === 'Error' || name === unreadableName ? firstLine : `${name}: ${firstLine}`;
  return status !== undefined && namesOfNoAnswer.has(name) ? `an answer with status ${status} that is none of Kinesis (${text})` : text;
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
