import { readFullySync, type Disk } from '../disk.ts';
import { frameHeaderBytes, parseFrameHeader } from '../format/frame-format.ts';
import type { ListedLogSegment, Manifest } from '../segments/manifest.ts';
import { entryHeaderBytes, entrySpan } from '../format/entry-format.ts';
import {
  checksumSeedOf,
  hasSegmentHeader,
  segmentHeaderBytes,
  segmentNumbers,
  segmentPath,
  segmentsFolderOf,
} from '../format/segment-format.ts';
import { corruptError, readFailedError } from '../store-errors.ts';

/** Manifest and collections of a folder of format version 1. */
export interface Version1 {
  readonly manifest: Manifest;
  /** Names of all collections except those of addresses. */
  readonly collections: readonly string[];
}

/** Reads a folder of format version 1. It has no manifest; its segments are numbered from 1 without gaps, and all are log segments. */
export function readVersion1(disk: Disk, folder: string, storeId: string): Version1 {
  const segmentsFolder = segmentsFolderOf(folder);
  const numbers = segmentNumbers(disk.listSync(segmentsFolder));
  const missing = numbers.findIndex((number, position) => number !== position + 1);
  if (missing !== -1 || numbers.length === 0)
    throw corruptError(segmentPath(segmentsFolder, Math.max(1, missing + 1)), 0, 'the file is missing');
  const segments: ListedLogSegment[] = [];
  const collections = new Set<string>();
  let commits = 0;
  for (const number of numbers) {
    const path = segmentPath(segmentsFolder, number);
    const bytes = readWhole(disk, path);
    const last = number === numbers.length;
    // A segment that was created right before a crash may have no header. It has no commit then.
    if (last && number > 1 && !hasSegmentHeader(bytes, path, storeId, number)) break;
    segments.push({ kind: 'log', number, commitsBefore: commits, ...(last ? {} : { bytes: bytes.length }) });
    commits = walk(bytes, commits, checksumSeedOf(storeId), collections);
  }
  const closed = segments.map(({ bytes: _, ...listed }, index) => (index === segments.length - 1 ? listed : (segments[index] ?? listed)));
  return { manifest: { generation: 1, nextNumber: numbers.length + 1, segments: closed }, collections: [...collections] };
}

/** Returns the last commit of a segment, as far as its frames can be followed. Recovery checks whether they are intact. */
function walk(bytes: Buffer, commitsBefore: number, checksumSeed: number, collections: Set<string>): number {
  let commits = commitsBefore;
  for (let offset = segmentHeaderBytes; ;) {
    const header = parseFrameHeader(bytes, offset, checksumSeed);
    if (header === undefined || header.end > bytes.length) return commits;
    commits = header.commit;
    for (let start = offset + frameHeaderBytes; start < header.end;) {
      const entry = entrySpan(bytes, start, header.end);
      if (entry === undefined) break;
      const collection = bytes.toString('utf8', start + entryHeaderBytes, entry.keyStart);
      if (!collection.startsWith('state/')) collections.add(collection);
      start = entry.end;
    }
    offset = header.end;
  }
}

function readWhole(disk: Disk, path: string): Buffer {
  try {
    const bytes = Buffer.alloc(disk.sizeSync(path));
    const file = disk.openSync(path, 'read');
    try {
      return bytes.subarray(0, readFullySync(disk, file, bytes, 0));
    } finally {
      disk.closeSync(file);
    }
  } catch (error) {
    throw readFailedError(path, error);
  }
}
