import { statSync } from 'node:fs';
import { CheckpointCatalog } from '../../src/checkpoints/checkpoint-catalog.ts';
import type { CheckpointId } from '../../src/checkpoints/checkpoint-id.ts';
import type { CheckpointManifest } from '../../src/checkpoints/checkpoint-manifest.ts';
import { Checkpointer } from '../../src/checkpoints/checkpointer.ts';
import { Lease } from '../../src/checkpoints/lease.ts';
import type { PinnedLog, PinnedSegment } from '../../src/storage/index/pinned-log.ts';
import { LogStore } from '../../src/storage/log-store.ts';
import { replaceGetter, replaceMethod, type Mutant } from './mutant.ts';

/** Mutants of what a checkpoint holds, of what is kept, and of the lease. */
export const checkpointMutants: readonly Mutant[] = [
  {
    name: 'pin-not-held',
    breaks: 'a compaction removes segments that a checkpoint is being taken of',
    suite: 'checkpoints',
    apply: () =>
      replaceMethod(LogStore.prototype, 'pin', (pin) => {
        return function (this: LogStore): PinnedLog {
          const pinned = pin.call(this);
          pinned.release();
          return pinned;
        };
      }),
  },
  {
    name: 'later-commits-in-a-checkpoint',
    breaks: 'a checkpoint holds commits that were made while it was taken',
    suite: 'checkpoints',
    apply: () =>
      replaceMethod(LogStore.prototype, 'pin', (pin) => {
        return function (this: LogStore): PinnedLog {
          const pinned = pin.call(this);
          return {
            ...pinned,
            segments: pinned.segments.map((segment, index, all) => (index === all.length - 1 ? growing(segment) : segment)),
          };
        };
      }),
  },
  {
    name: 'retention-forgets-older',
    breaks: 'pieces that only an older checkpoint names are deleted',
    suite: 'checkpoints',
    apply: () =>
      replaceMethod(CheckpointCatalog.prototype, 'ids', (ids) => {
        return async function (this: CheckpointCatalog): Promise<readonly CheckpointId[]> {
          return (await ids.call(this)).slice(-1);
        };
      }),
  },
  {
    name: 'epoch-not-begun',
    breaks: 'an engine that takes over leaves the newest checkpoint to the one that it replaces',
    suite: 'checkpoints',
    apply: () =>
      replaceMethod(Checkpointer.prototype, 'takeOver', () => {
        return function (_base: CheckpointManifest): Promise<void> {
          return Promise.resolve();
        };
      }),
  },
  {
    name: 'lease-used-after-its-end',
    breaks: 'an engine uses its lease until it sees that another one has it',
    suite: 'leases',
    apply: () =>
      replaceGetter(Lease.prototype, 'held', function (this: Lease) {
        return this.state.lost === undefined && this.state.untilMs > 0;
      }),
  },
  {
    name: 'lease-not-waited-for',
    breaks: 'an engine takes the lease of another one without waiting for its end',
    suite: 'leases',
    apply: () => replaceMethod(Lease.prototype, 'isFree', () => () => true),
  },
];

/** The segment with the size that its file has when it is read. */
function growing(segment: PinnedSegment): PinnedSegment {
  return {
    listed: segment.listed,
    path: segment.path,
    get bytes() {
      return statSync(segment.path).size;
    },
  };
}
