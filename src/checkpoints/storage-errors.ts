import { StatefunError, toError } from '../shared/errors.ts';

/** CHECKPOINT_STORAGE_DENIED. */
export function deniedError(storage: string, what: string, cause: unknown): StatefunError {
  return new StatefunError('CHECKPOINT_STORAGE_DENIED', `${storage} refuses to ${what}: ${toError(cause).message}.`, {
    facts: { storage, what },
    cause,
  });
}

/** CHECKPOINT_STORAGE_ABSENT. */
export function absentError(storage: string, reason: string, cause?: unknown): StatefunError {
  return new StatefunError('CHECKPOINT_STORAGE_ABSENT', `${storage} does not exist: ${reason}.`, { facts: { storage }, cause });
}

/** CHECKPOINT_STORAGE_FAILED. */
export function failedError(storage: string, what: string, cause: unknown, attempts = 1): StatefunError {
  const tries = attempts === 1 ? '' : ` after ${attempts} tries`;
  return new StatefunError('CHECKPOINT_STORAGE_FAILED', `${storage} cannot ${what}${tries}: ${toError(cause).message}.`, {
    facts: { storage, what, attempts },
    cause,
  });
}

/** CHECKPOINT_OBJECT_MISSING. */
export function objectMissingError(storage: string, key: string, checkpoint?: string): StatefunError {
  const named = checkpoint === undefined ? '' : `, which checkpoint ${checkpoint} names`;
  return new StatefunError('CHECKPOINT_OBJECT_MISSING', `${storage} has no object ${key}${named}.`, {
    facts: { storage, key, checkpoint },
  });
}

/** CHECKPOINT_OBJECT_CORRUPT. */
export function objectCorruptError(storage: string, key: string, reason: string): StatefunError {
  return new StatefunError('CHECKPOINT_OBJECT_CORRUPT', `${key} in ${storage} is not what was written: ${reason}.`, {
    facts: { storage, key, reason },
  });
}
