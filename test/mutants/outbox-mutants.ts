import { EgressOutbox, type StoredEgressOutbox } from '../../src/engine/partition/outbox/egress-outbox.ts';
import { outboxWatermarksCollection } from '../../src/engine/partition/stored-entries.ts';
import { StoredOutbox } from '../../src/engine/partition/outbox/stored-outbox.ts';
import type { StoreChange } from '../../src/storage/store.ts';
import { replaceMethod, undoAll, type Mutant } from './mutant.ts';

const outbox = EgressOutbox.prototype;

/** Mutants of the batches, slots and watermarks of the outbox. */
export const outboxMutants: readonly Mutant[] = [
  {
    name: 'watermark-too-far',
    breaks: 'the watermark of an egress is one record ahead of what the outside has acknowledged',
    suite: 'simulation',
    apply() {
      const ahead = new WeakSet<EgressOutbox>();
      return replaceMethod(outbox, 'acknowledged', (acknowledged) => {
        return function (this: EgressOutbox, records: number) {
          acknowledged.call(this, ahead.has(this) ? records : records + 1);
          ahead.add(this);
        };
      });
    },
  },
  {
    name: 'watermark-ignored',
    breaks: 'a start sends all records of a batch again, also those below the watermark',
    suite: 'simulation',
    apply: () =>
      replaceMethod(outbox, 'restore', (restore) => {
        return function (this: EgressOutbox, stored: StoredEgressOutbox) {
          const batches = stored.batches.filter(({ first, envelopes }) => first + envelopes.length > stored.watermark + 1);
          const [oldest] = batches;
          return restore.call(this, oldest === undefined ? stored : { ...stored, batches, watermark: oldest.first - 1 });
        };
      }),
  },
  {
    name: 'egress-numbers-reused',
    breaks: 'the records of an egress are numbered from 1 again after a start that finds none to send',
    suite: 'simulation',
    apply: () =>
      replaceMethod(StoredOutbox.prototype, 'restore', (restore) => {
        return function (this: StoredOutbox, outboxes) {
          const isWaiting = ({ watermark, batches }: (typeof outboxes)[number]): boolean =>
            batches.some(({ first, envelopes }) => first + envelopes.length > watermark + 1);
          return restore.call(this, outboxes.filter(isWaiting));
        };
      }),
  },
  {
    name: 'slot-written-too-early',
    breaks: 'a batch takes the place of one that is not acknowledged',
    suite: 'simulation',
    apply: () =>
      replaceMethod(outbox, 'capture', (capture) => {
        return function (this: EgressOutbox, changes: StoreChange[]) {
          const own: StoreChange[] = [];
          const captured = capture.call(this, own);
          changes.push(...own.map((change) => ({ ...change, key: change.key.replace(/[0-9]+$/, '0') })));
          return captured;
        };
      }),
  },
  {
    name: 'watermark-late',
    breaks: 'the watermark is committed one commit after the dead letters of the records below it',
    suite: 'simulation',
    apply() {
      let late: readonly StoreChange[] = [];
      return undoAll(
        // What one process has not written is gone with it.
        replaceMethod(StoredOutbox.prototype, 'restore', (restore) => {
          return function (this: StoredOutbox, outboxes) {
            late = [];
            return restore.call(this, outboxes);
          };
        }),
        replaceMethod(StoredOutbox.prototype, 'capture', (capture) => {
          return function (this: StoredOutbox, changes: StoreChange[]) {
            const own: StoreChange[] = [];
            const captured = capture.call(this, own);
            const isWatermark = ({ collection }: StoreChange): boolean => collection === outboxWatermarksCollection;
            changes.push(...late, ...own.filter((change) => !isWatermark(change)));
            late = own.filter(isWatermark);
            return captured;
          };
        }),
      );
    },
  },
];
