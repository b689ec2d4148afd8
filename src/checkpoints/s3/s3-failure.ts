import { StatefunError } from '../../shared/errors.ts';
import { absentError, deniedError, failedError } from '../storage-errors.ts';

/** An error of the SDK. An error of the network has no status. */
interface SdkError {
  readonly name?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

/** Returns the error of the SDK, which ours has as its cause. */
function sdkError(error: unknown): SdkError {
  return (StatefunError.is(error) ? error.cause : error) ?? {}; // a property of any other value may be read
}

function statusOf(error: unknown): number | undefined {
  return sdkError(error).$metadata?.httpStatusCode;
}

function nameOf(error: unknown): string {
  return sdkError(error).name ?? '';
}

/** Whether the object, or the upload, does not exist. */
export function isMissing(error: unknown): boolean {
  return ['NoSuchKey', 'NotFound', 'NoSuchUpload'].includes(nameOf(error));
}

/** Whether the condition of a write does not hold. */
export function isRefused(error: unknown): boolean {
  return statusOf(error) === 412;
}

/**
 * Whether the same request can succeed later: after an error of the network, of the server, or when it came too often. A conflict of conditional
 * writes (409) is reported while another write of the object has not ended.
 */
export function mayPass(error: unknown): boolean {
  const status = statusOf(error);
  if (nameOf(error) === 'CredentialsProviderError' || nameOf(error) === 'AbortError') return false;
  return status === undefined || status >= 500 || status === 429 || status === 409 || status === 408;
}

/** Returns the error of the storage for an error of the SDK. */
export function s3Error(storage: string, what: string, error: unknown, attempts: number): StatefunError {
  if (StatefunError.is(error)) return error;
  const status = statusOf(error);
  if (nameOf(error) === 'NoSuchBucket' || (status === 404 && !isMissing(error)))
    return absentError(storage, 'there is no such bucket', error);
  if (status === 401 || status === 403 || nameOf(error) === 'CredentialsProviderError') return deniedError(storage, what, error);
  return failedError(storage, what, error, attempts);
}
