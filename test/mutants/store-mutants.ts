import { InlineLogWriter } from '../../src/storage/threads/writer-inline.ts';
import { LogStore } from '../../src/storage/log-store.ts';
import { FrameEncoder } from '../../src/storage/format/frame-encoder.ts';
import { CopiedEntries } from '../../src/storage/compaction/copied-entries.ts';
import { IndexSlots } from '../../src/storage/index/index-slots.ts';
import { LogIndex } from '../../src/storage/index/log-index.ts';
import { NameHash } from '../../src/storage/format/name-hash.ts';
import type { EntrySpan } from '../../src/storage/format/entry-format.ts';
import { RecoveringIndex } from '../../src/storage/index/recovering-index.ts';
import { candidateField, candidateWords, removesFlag, SegmentCopier, type CopyTask } from '../../src/storage/segments/segment-copier.ts';
import { SimulatedDisk } from '../storage/simulated-disk.ts';
import { skipping, syncing } from './disk-patches.ts';
import { replaceMethod, undoAll, type Mutant } from './mutant.ts';

/** Mutants of what the log store makes durable, and in which order. */
const durabilityMutants: readonly Mutant[] = [
  {
    name: 'commit-not-synced',
    breaks: 'a commit resolves before its frame is synced',
    suite: 'disk',
    apply: () => syncing((path) => !path.endsWith('.log')),
  },
  {
    name: 'manifest-not-synced',
    breaks: 'a manifest takes the place of the one before without having been synced',
    suite: 'disk',
    apply: () => syncing((path) => !path.includes('manifest')),
  },
  {
    name: 'manifest-name-not-synced',
    breaks: 'the state folder is not synced after a manifest was replaced',
    suite: 'disk',
    apply: () => skipping('syncFolderSync', (path) => /\/sf-[^/]*$/.test(path)),
  },
  {
    name: 'manifest-not-replaced',
    breaks: 'a segment takes frames that no manifest names',
    suite: 'disk',
    apply: () =>
      skipping('renameSync', (path, disk) => path.includes('manifest') && disk.paths().some((one) => one.endsWith('manifest.json'))),
  },
  {
    name: 'segments-folder-not-synced',
    breaks: 'a segment takes frames before its name is durable',
    suite: 'disk',
    apply: () => skipping('syncFolderSync', (path) => path.endsWith('/segments')),
  },
  {
    name: 'parents-not-synced',
    breaks: 'the folder in which the state folder lies is not synced',
    suite: 'disk',
    apply: () => skipping('syncFolderSync', (path) => !/\/sf-/.test(path)),
  },
  {
    name: 'failed-sync-tried-again',
    breaks: 'a sync that failed is tried again, and its success believed',
    suite: 'disk',
    apply: () =>
      replaceMethod(SimulatedDisk.prototype, 'fdatasyncSync', (sync) => {
        return function (this: SimulatedDisk, file: number): void {
          try {
            sync.call(this, file);
          } catch {
            sync.call(this, file);
          }
        };
      }),
  },
  {
    name: 'torn-tail-not-cut',
    breaks: 'a commit that a crash interrupted stays at the end of its segment',
    suite: 'disk',
    apply: () => skipping('truncateSync', () => true),
  },
  {
    name: 'recovered-frame-not-durable',
    breaks: 'a frame that a recovery has read is not written and synced again, and may be in the cache alone',
    suite: 'disk',
    apply() {
      let recovering = false;
      return undoAll(
        replaceMethod(RecoveringIndex.prototype, 'take', (take) => {
          return function (this: RecoveringIndex, ...given: Parameters<RecoveringIndex['take']>): void {
            recovering = true;
            take.apply(this, given);
          };
        }),
        replaceMethod(RecoveringIndex.prototype, 'finish', (finish) => {
          return function (this: RecoveringIndex): void {
            recovering = false;
            finish.call(this);
          };
        }),
        syncing(() => !recovering),
      );
    },
  },
  {
    name: 'failed-store-goes-on',
    breaks: 'a store whose commit has failed takes the next one',
    suite: 'disk',
    apply: () => replaceMethod(LogStore.prototype, 'fail', () => () => undefined),
  },
  {
    name: 'frame-area-reused',
    breaks: 'the next frame is encoded into memory that the writer has not returned',
    suite: 'disk',
    apply: () =>
      replaceMethod(FrameEncoder.prototype, 'encode', (encode) => {
        return function (this: FrameEncoder, commit, changes) {
          const frame = encode.call(this, commit, changes);
          this.take();
          encode.call(this, commit + 1, [...changes].reverse());
          return frame;
        };
      }),
  },
];

/** Mutants of what counts as the newest entry of a key, and of compaction. */
const entryMutants: readonly Mutant[] = [
  {
    name: 'tombstone-ignored',
    breaks: 'a recovery brings back a key that was removed',
    suite: 'disk',
    apply: () => taking((entry) => (entry.removes ? undefined : entry)),
  },
  {
    name: 'newest-by-position',
    breaks: 'a recovery takes the entry of a key that comes last, instead of the one with the highest commit',
    suite: 'disk',
    apply() {
      let position = 0;
      return taking((entry) => ({ ...entry, commit: ++position }));
    },
  },
  {
    name: 'oldest-record-counts',
    breaks: 'a recovery keeps the entry of a key that it has seen first',
    suite: 'disk',
    apply() {
      let position = 2 ** 40;
      return taking((entry) => ({ ...entry, commit: --position }));
    },
  },
  {
    name: 'index-collision-overwrites',
    breaks: 'two keys of a collection whose hashes agree are one',
    suite: 'disk',
    apply: () =>
      replaceMethod(NameHash.prototype, 'updateKey', (updateKey) => {
        return function (this: NameHash, ...given: Parameters<NameHash['updateKey']>): void {
          updateKey.apply(this, given);
          this.first &= 1;
          this.second = 0;
        };
      }),
  },
  {
    name: 'slot-not-verified',
    breaks: 'a remembered slot is used though its key was removed and another key may have it',
    suite: 'disk',
    apply: () => replaceMethod(LogIndex.prototype, 'recall', () => (remembered) => remembered >>> 0),
  },
  {
    name: 'slot-remembered-by-number',
    breaks: 'what is remembered of a slot says nothing about the key that has it',
    suite: 'disk',
    apply: () =>
      undoAll(
        replaceMethod(LogIndex.prototype, 'remember', () => (slot) => slot),
        replaceMethod(LogIndex.prototype, 'recall', () => {
          return function (this: LogIndex, slot) {
            return slot !== 0 && this.slots.isUsed(slot) ? slot : 0;
          };
        }),
      ),
  },
  {
    name: 'tombstone-dropped-early',
    breaks: 'a compaction leaves out tombstones while older entries of their keys are in other segments',
    suite: 'disk',
    apply: () => keeping((kept, removes) => kept && !removes),
  },
  {
    name: 'compaction-keeps-older',
    breaks: 'a compaction copies the entries that are not the newest',
    suite: 'disk',
    apply: () => keeping((kept, removes) => (removes ? kept : !kept)),
  },
  {
    name: 'compaction-moves-overwritten',
    breaks: 'a compaction points the index to its copy of an entry whose key was written again meanwhile',
    suite: 'disk',
    apply() {
      let moving = false;
      return undoAll(
        replaceMethod(CopiedEntries.prototype, 'moveBatch', (moveBatch) => {
          return function (this: CopiedEntries, target): boolean {
            moving = true;
            try {
              return moveBatch.call(this, target);
            } finally {
              moving = false;
            }
          };
        }),
        replaceMethod(IndexSlots.prototype, 'isAt', (isAt) => {
          return function (this: IndexSlots, slot, ordinal, offset): boolean {
            return moving || isAt.call(this, slot, ordinal, offset);
          };
        }),
      );
    },
  },
  {
    name: 'compacted-segment-not-synced',
    breaks: 'a manifest names a segment that a compaction has not synced',
    suite: 'disk',
    apply() {
      let finishing = false;
      return undoAll(
        replaceMethod(SegmentCopier.prototype, 'finish', (finish) => {
          return function (this: SegmentCopier): number {
            finishing = true;
            try {
              return finish.call(this);
            } finally {
              finishing = false;
            }
          };
        }),
        syncing(() => !finishing),
      );
    },
  },
  {
    name: 'segment-removed-before-manifest',
    breaks: 'a compaction removes the segments that it read before a manifest without them is durable',
    suite: 'disk',
    apply() {
      const copiers: { current?: SegmentCopier } = {};
      return undoAll(
        replaceMethod(SegmentCopier.prototype, 'begin', (begin) => {
          return function (this: SegmentCopier, task: CopyTask): void {
            copiers.current = this;
            begin.call(this, task);
          };
        }),
        replaceMethod(InlineLogWriter.prototype, 'replace', (replace) => {
          return function (this: InlineLogWriter, replacement): Promise<void> {
            copiers.current?.remove(replacement.removed);
            return replace.call(this, replacement);
          };
        }),
      );
    },
  },
];

export const storeMutants: readonly Mutant[] = [...durabilityMutants, ...entryMutants];

/** Changes, or leaves out, the entries that a recovery takes. */
function taking(change: (entry: EntrySpan) => EntrySpan | undefined): () => void {
  return replaceMethod(RecoveringIndex.prototype, 'take', (take) => {
    return function (this: RecoveringIndex, bytes, start, entry, segment): void {
      const changed = change(entry);
      if (changed !== undefined) take.call(this, bytes, start, changed, segment);
    };
  });
}

/** Changes which entries a compaction keeps. `keeps` gets the original decision and whether the entry is a tombstone. */
function keeping(keeps: (kept: boolean, removes: boolean) => boolean): () => void {
  const shown = new WeakMap<SegmentCopier, Int32Array>();
  return replaceMethod(SegmentCopier.prototype, 'advance', (advance) => {
    return function (this: SegmentCopier, kept: Uint8Array) {
      const judged = shown.get(this) ?? new Int32Array(0);
      const changed = kept.map((one, entry) => {
        const commitHigh = judged[entry * candidateWords + candidateField.commitHigh] ?? 0;
        return keeps(one !== 0, (commitHigh & removesFlag) !== 0) ? 1 : 0;
      });
      const { placed, candidates } = advance.call(this, changed);
      shown.set(this, candidates.slice());
      const offsets = [...placed];
      // An answer for each entry that was asked for; those that were left out are nowhere.
      const answers: number[] = [];
      for (const [entry, one] of changed.entries()) {
        const offset = one === 0 ? 0 : (offsets.shift() ?? 0);
        if (kept[entry] !== 0) answers.push(offset);
      }
      return { placed: Uint32Array.from(answers), candidates };
    };
  });
}
