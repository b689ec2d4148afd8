/** The largest value of one key: 16 MiB, what a message or the state of an address may have, and 1 MiB for what is written around it. */
export const valueBytesMax = 17 * 1024 * 1024;

/** The longest name of a collection, and the longest key, in UTF-8 bytes: an id of 64 KiB and 4 KiB for the names around it. */
export const nameBytesMax = 65_536 + 4_096;

/**
 * The largest commit, 256 MiB. It is in memory as one piece, when it is written and when it is recovered; the engine cuts its commits
 * far below by its own budgets.
 */
export const commitBytesMax = 256 * 1024 * 1024;

/** How large a segment grows, 64 MiB, before the next one is begun: what a later compaction or upload handles as one piece. */
export const segmentBytesMaxDefault = 64 * 1024 * 1024;

/** How much a compaction reads a second, 64 MiB, while garbage does not pile up: leaves most of a disk to commits. */
export const compactionBytesPerSecondDefault = 64 * 1024 * 1024;

/** A store with more segments than these begins larger ones, so that it does not come to the most there can be at once. */
const segmentsBeforeGrowth = 1_024;

/** What the offset of an entry can say, with room to spare. */
const segmentBytesLargest = 1024 * 1024 * 1024;

/** How large the next segment may grow in a store of so many. */
export function segmentBytesAt(segments: number, segmentBytesMax: number): number {
  const factor = Math.max(1, Math.floor(segments / segmentsBeforeGrowth));
  return Math.max(segmentBytesMax, Math.min(segmentBytesMax * factor, segmentBytesLargest));
}

/**
 * How much of a disk commits leave free, an eighth of a segment (8 MiB) or a sixteenth of the disk if that is less: a compaction writes the
 * newest entries again before the old ones go, so that a disk full of garbage can free itself.
 */
export function roomKeptBytes(segmentBytesMax: number, totalBytes: number): number {
  return Math.min(segmentBytesMax / 8, totalBytes / 16);
}
