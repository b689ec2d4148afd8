import { join } from 'node:path';
import { readCheckedJson, writeCheckedJson } from '../format/checked-json.ts';
import type { Disk } from '../disk.ts';
import { corruptError } from '../store-errors.ts';

export const manifestName = 'manifest.json';

/** A segment to which the frames of commits are appended. */
export interface ListedLogSegment {
  readonly kind: 'log';
  readonly number: number;
  /** Number of commits before the first frame of the segment. */
  readonly commitsBefore: number;
  /** Size in bytes when the segment was closed. The last segment, which is open, has none. */
  readonly bytes?: number;
}

/** A segment that a compaction wrote. It holds entries of any commits that were the newest of their keys. */
export interface ListedKeptSegment {
  readonly kind: 'kept';
  readonly number: number;
  readonly bytes: number;
  /** Oldest and newest commit of its entries. */
  readonly commitMin: number;
  readonly commitMax: number;
  /** Every entry in the segment was the newest of its key at this commit. */
  readonly cleanAt: number;
}

export type ListedSegment = ListedLogSegment | ListedKeptSegment;

/**
 * Lists the segments of a store. The file is replaced atomically whenever the list changes. A segment file that it does not list is not part
 * of the store.
 *
 * STORE-M1. A segment is listed before a commit is appended to it, and only when everything in it is durable.
 * STORE-M2. A segment file is removed only after a manifest that does not list it is durable.
 * STORE-M3. Numbers rise and are never reused: `nextNumber` is larger than the number of any segment that ever existed.
 */
export interface Manifest {
  /** Number of manifests written so far. */
  readonly generation: number;
  readonly nextNumber: number;
  readonly segments: readonly ListedSegment[];
}

/** Replaces the manifest. `ensureUsable` is called right before; if it throws, the old manifest stays. */
export function writeManifest(disk: Disk, folder: string, { generation, nextNumber, segments }: Manifest, ensureUsable?: () => void): void {
  writeCheckedJson(disk, folder, manifestName, { generation, nextNumber, segments }, ensureUsable);
}

/** Reads the manifest. Throws STORE_CORRUPT or STORE_READ_FAILED. */
export function readManifest(disk: Disk, folder: string): Manifest {
  const content = readCheckedJson(disk, folder, manifestName);
  // Another file of the store, copied to this name, has a valid checksum too. With `segments` it was written by writeManifest.
  if (Array.isArray(content['segments'])) return content as unknown as Manifest;
  throw corruptError(join(folder, manifestName), 0, 'it is another file under this name');
}

/** The manifest of a store that has one empty segment. */
export const firstManifest: Manifest = { generation: 1, nextNumber: 2, segments: [{ kind: 'log', number: 1, commitsBefore: 0 }] };

/** Returns the manifest after a compaction, with the segments that it wrote in place of those that it read. */
export function replaceSegments(manifest: Manifest, removed: readonly number[], added: readonly ListedKeptSegment[]): Manifest {
  const gone = new Set(removed);
  const left = manifest.segments.filter(({ number }) => !gone.has(number));
  return { ...manifest, generation: manifest.generation + 1, segments: [...added, ...left] };
}
