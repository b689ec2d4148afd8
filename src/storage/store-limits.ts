/** Largest value of one key: 16 MiB, the limit of a message and of the state of an address, and 1 MiB for what is written around them. */
export const valueBytesMax = 17 * 1024 * 1024;

/** Longest name of a collection and longest key, in UTF-8 bytes: an id of 64 KiB, and 4 KiB for the names around it. */
export const nameBytesMax = 65_536 + 4_096;

/**
 * Largest commit, 256 MiB. A commit is in memory as one piece when it is written and when it is recovered. The budgets of the engine keep
 * its commits far smaller.
 */
export const commitBytesMax = 256 * 1024 * 1024;

/** Default size at which the next segment begins, 64 MiB: a compaction or an upload handles one segment as one piece. */
export const segmentBytesMaxDefault = 64 * 1024 * 1024;

/** Default read rate of a compaction while garbage does not pile up, 64 MiB per second. It leaves most of a disk to commits. */
export const compactionBytesPerSecondDefault = 64 * 1024 * 1024;

/** With more segments than this a store begins larger segments, so that it stays below the limit of segments. */
const segmentsBeforeGrowth = 1_024;

/** Largest segment: the offset of an entry is a 32-bit number. */
const segmentBytesLargest = 1024 * 1024 * 1024;

/** Returns the size at which the next segment begins, in a store with this number of segments. */
export function segmentBytesAt(segments: number, segmentBytesMax: number): number {
  const factor = Math.max(1, Math.floor(segments / segmentsBeforeGrowth));
  return Math.max(segmentBytesMax, Math.min(segmentBytesMax * factor, segmentBytesLargest));
}

/**
 * Space that commits leave free on the disk: an eighth of a segment (8 MiB), or a sixteenth of the disk if that is less. A compaction writes
 * the newest entries again before it removes old segments, so a disk full of garbage needs this space to free itself.
 */
export function roomKeptBytes(segmentBytesMax: number, totalBytes: number): number {
  return Math.min(segmentBytesMax / 8, totalBytes / 16);
}
