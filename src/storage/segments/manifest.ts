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

/** A segment that a compaction wrote: entries that were the newest of their key, from any commits. */
export interface ListedKeptSegment {
  readonly kind: 'kept';
  readonly number: number;
  readonly bytes: number;
  /** Oldest and newest commit of its entries. */
  readonly commitMin: number;
  readonly commitMax: number;
  /** Every entry in it was the newest of its key at this commit. */
  readonly cleanAt: number;
}

export type ListedSegment = ListedLogSegment | ListedKeptSegment;

/**
 * Which segments a store consists of. The file is replaced atomically whenever that changes; a segment file that it does not name is no
 * part of the store.
 *
 * STORE-M1. A segment is named before it takes the frame of a commit, and only when everything it holds is durable.
 * STORE-M2. A segment file is removed only after a manifest that does not name it is durable.
 * STORE-M3. Numbers rise and are never used again: `nextNumber` is larger than that of any segment there ever was.
 */
export interface Manifest {
  /** Counts the manifests of the store. */
  readonly generation: number;
  readonly nextNumber: number;
  readonly segments: readonly ListedSegment[];
}

/** With `ensureUsable`, which throws when the manifest may not be replaced any more: called right before that happens. */
export function writeManifest(disk: Disk, folder: string, { generation, nextNumber, segments }: Manifest, ensureUsable?: () => void): void {
  writeCheckedJson(disk, folder, manifestName, { generation, nextNumber, segments }, ensureUsable);
}

/** Throws STORE_CORRUPT or STORE_READ_FAILED. */
export function readManifest(disk: Disk, folder: string): Manifest {
  const content = readCheckedJson(disk, folder, manifestName);
  // Another file of the store has a valid checksum too. This one was written by writeManifest, and by nothing else since.
  if (Array.isArray(content['segments'])) return content as unknown as Manifest;
  throw corruptError(join(folder, manifestName), 0, 'it is another file under this name');
}

/** The manifest of a store that has one empty segment. */
export const firstManifest: Manifest = { generation: 1, nextNumber: 2, segments: [{ kind: 'log', number: 1, commitsBefore: 0 }] };

/** The manifest after a compaction: what it wrote in the place of what it read. */
export function replaceSegments(manifest: Manifest, removed: readonly number[], added: readonly ListedKeptSegment[]): Manifest {
  const gone = new Set(removed);
  const left = manifest.segments.filter(({ number }) => !gone.has(number));
  return { ...manifest, generation: manifest.generation + 1, segments: [...added, ...left] };
}
