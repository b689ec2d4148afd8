import { isAbsolute, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { StatefunError } from '../shared/errors.ts';

/** Where checkpoints are kept. */
export type CheckpointTarget =
  { readonly kind: 'file'; readonly folder: string } | { readonly kind: 's3'; readonly bucket: string; readonly prefix: string };

/** Parses `file:…` (a path, relative to the working directory, or a file URL) or `s3://bucket/prefix`. Throws CHECKPOINT_TARGET_INVALID. */
export function parseTarget(to: string): CheckpointTarget {
  const s3 = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*))?$/.exec(to);
  if (s3 !== null) return { kind: 's3', bucket: s3[1] ?? '', prefix: (s3[2] ?? '').replace(/^\/+|\/+$/g, '') };
  const path = /^file:(.+)$/.exec(to)?.[1];
  if (path === undefined) throw invalid(to, 'it begins with neither file: nor s3:// and the name of a bucket');
  if (!path.startsWith('//')) return { kind: 'file', folder: resolve(path) };
  try {
    const folder = fileURLToPath(to);
    if (isAbsolute(folder)) return { kind: 'file', folder };
    throw new Error('the path is not absolute');
  } catch (cause) {
    throw invalid(to, 'it is no file URL of this machine', cause);
  }
}

function invalid(to: string, reason: string, cause?: unknown): StatefunError {
  return new StatefunError('CHECKPOINT_TARGET_INVALID', `${JSON.stringify(to)} is no place for checkpoints: ${reason}.`, {
    facts: { to },
    cause,
  });
}
