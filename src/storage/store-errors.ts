import { StatefunError, toError } from '../shared/errors.ts';

/** STORE_CORRUPT: the file does not hold what was written to it. */
export function corruptError(file: string, offset: number, reason: string): StatefunError {
  return new StatefunError('STORE_CORRUPT', `${file} is damaged at byte ${offset}: ${reason}.`, { facts: { file, offset, reason } });
}

export function newerFormatError(file: string, formatVersion: number, formatVersionKnown: number): StatefunError {
  const summary = `${file} has format version ${formatVersion}; this version of the framework knows up to ${formatVersionKnown}.`;
  return new StatefunError('STORE_FORMAT_NEWER', summary, { facts: { file, formatVersion, formatVersionKnown } });
}

export function unusableError(folder: string, cause: unknown): StatefunError {
  if (StatefunError.is(cause)) return cause;
  const summary = `the state folder ${folder} cannot be used: ${toError(cause).message}.`;
  return new StatefunError('STATE_FOLDER_UNUSABLE', summary, { facts: { folder }, cause });
}

export function writeFailedError(folder: string, cause: unknown): StatefunError {
  if (StatefunError.is(cause)) return cause;
  const diskFull = isSystemError(cause, 'ENOSPC') || isSystemError(cause, 'EDQUOT');
  return new StatefunError('STORE_WRITE_FAILED', `a commit could not be written to ${folder}: ${toError(cause).message}.`, {
    facts: { folder, diskFull },
    cause,
    ...(diskFull && { hint: 'The disk or the quota is full: free space, then start again. What was committed is there.' }),
  });
}

export function readFailedError(file: string, cause: unknown): StatefunError {
  return new StatefunError('STORE_READ_FAILED', `${file} cannot be read: ${toError(cause).message}.`, { facts: { file }, cause });
}

/** Whether the error has this error code of the system, such as ENOENT. */
export function isSystemError(error: unknown, code: string): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === code;
}
