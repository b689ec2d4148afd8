import { StatefunError } from '../../shared/errors.ts';
import { isSystemError } from '../../storage/store-errors.ts';
import { absentError, deniedError, failedError } from '../storage-errors.ts';

export function isAbsent(error: unknown): boolean {
  return isSystemError(error, 'ENOENT') || isSystemError(error, 'ENOTDIR');
}

/** Returns the error of the storage for an error of the system. */
export function fileError(storage: string, what: string, error: unknown): StatefunError {
  if (StatefunError.is(error)) return error;
  if (isAbsent(error)) return absentError(storage, 'the folder above it is not there', error);
  if (['EACCES', 'EPERM', 'EROFS'].some((code) => isSystemError(error, code))) return deniedError(storage, what, error);
  return failedError(storage, what, error);
}
