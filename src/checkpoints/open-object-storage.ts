import { StatefunError } from '../shared/errors.ts';
import { packageFile } from '../shared/package-folder.ts';
import { isSystemError } from '../storage/store-errors.ts';
import { parseTarget } from './checkpoint-target.ts';
import { FileStorage } from './file/file-storage.ts';
import type { ObjectStorage } from './object-storage.ts';
import { realPacing, type Pacing } from './pacing.ts';
import type { S3Options, S3StorageOptions } from './s3/s3-options.ts';
import { UploadBudget } from './upload-budget.ts';

/** Options of `openObjectStorage`. */
export interface OpenStorageOptions {
  /** `file:…` or `s3://bucket/prefix`. */
  readonly to: string;
  readonly s3?: S3Options;
  readonly uploadBytesPerSecondMax?: number;
  readonly attemptsMax?: number;
  readonly requestTimeoutMs?: number;
  readonly pacing?: Pacing;
}

/** Opens the storage of checkpoints. Throws CHECKPOINT_TARGET_INVALID or CHECKPOINT_CLIENT_MISSING. Sends nothing yet. */
export async function openObjectStorage(options: OpenStorageOptions): Promise<ObjectStorage> {
  const { to, s3 = {}, uploadBytesPerSecondMax = Infinity, pacing = realPacing, attemptsMax, requestTimeoutMs } = options;
  const target = parseTarget(to);
  const budget = new UploadBudget(uploadBytesPerSecondMax, pacing);
  if (target.kind === 'file') return new FileStorage({ folder: target.folder, budget });
  const { bucket, prefix } = target;
  const tries = { ...(attemptsMax === undefined ? {} : { attemptsMax }), ...(requestTimeoutMs === undefined ? {} : { requestTimeoutMs }) };
  return createS3Storage({ ...s3, bucket, prefix, budget, pacing, ...tries });
}

/** Loads the S3 storage when it is needed: its client is an optional package. */
async function createS3Storage(options: S3StorageOptions): Promise<ObjectStorage> {
  // By path, as the threads of the store are: an import of the framework must not need the client.
  const url = packageFile(import.meta.url.endsWith('.ts') ? 'src/s3.ts' : 'dist/s3.js').href;
  let loaded: { readonly S3Storage: new (options: S3StorageOptions) => ObjectStorage };
  try {
    loaded = (await import(url)) as typeof loaded; // that entry point exports it
  } catch (cause) {
    if (!isSystemError(cause, 'ERR_MODULE_NOT_FOUND') && !isSystemError(cause, 'MODULE_NOT_FOUND')) throw cause;
    throw new StatefunError('CHECKPOINT_CLIENT_MISSING', 'checkpoints in S3 need the package @aws-sdk/client-s3.', { cause });
  }
  return new loaded.S3Storage(options);
}
