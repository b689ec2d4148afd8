import type { JsonText } from '../../src/shared/json-writer.ts';
import { AddressState } from '../../src/state/address-state.ts';
import { ChangedEntries } from '../../src/state/changed-entries.ts';
import { Entry, type Held } from '../../src/state/entry.ts';
import { TableSlot } from '../../src/state/table-slot.ts';
import { UndoLog } from '../../src/state/undo-log.ts';
import { replaceMethod, type Mutant } from './mutant.ts';

/** Mutants of state in memory: texts that are kept, changes that can be undone, and the list of what has changed. */
export const stateMutants: readonly Mutant[] = [
  {
    name: 'stale-text',
    breaks: 'the text of a value is kept when the value is set again',
    suite: 'simulation',
    apply: () =>
      replaceMethod(Entry.prototype, 'set', (set) => {
        return function (this: Entry, value: unknown, encoded: string | Uint8Array | undefined, sizeBytes: number) {
          const before = this.encoded;
          set.call(this, value, encoded, sizeBytes);
          this.encoded ??= before;
        };
      }),
  },
  {
    name: 'text-of-another-object',
    breaks: 'an egress record has the text that the address has used before in place of an object',
    suite: 'simulation',
    apply() {
      let last: JsonText | undefined;
      return replaceMethod(AddressState.prototype, 'textOf', (textOf) => {
        return function (this: AddressState, value: object, depthMax: number) {
          const known = textOf.call(this, value, depthMax);
          if (known === undefined) return undefined;
          const used = last ?? known;
          last = { text: known.text, ascii: known.ascii };
          return used;
        };
      });
    },
  },
  {
    name: 'undone-in-part',
    breaks: 'a failed attempt leaves every second entry that it has changed as it is',
    suite: 'simulation',
    apply() {
      let restored = 0;
      return replaceMethod(Entry.prototype, 'restore', (restore) => {
        return function (this: Entry, before: Held) {
          restored += 1;
          if (restored % 2 === 1) restore.call(this, before);
        };
      });
    },
  },
  {
    name: 'undone-order-lost',
    breaks: 'an entry that a failed attempt has removed comes back at the end of its table',
    suite: 'simulation',
    apply: () =>
      replaceMethod(TableSlot.prototype, 'restore', (restore) => {
        return function (this: TableSlot<unknown>, entry: Entry, before: Held) {
          restore.call(this, entry, entry.removed && !before.removed ? { ...before, stamp: before.stamp + 1_000 } : before);
        };
      }),
  },
  {
    name: 'open-attempt-captured',
    breaks: 'a commit has changes of an asynchronous handler that has not ended',
    suite: 'simulation',
    apply: () =>
      replaceMethod(UndoLog.prototype, 'add', (add) => {
        return function (this: UndoLog, entry: Entry) {
          add.call(this, entry);
          // The log still restores the entry; only a capture no longer sees what it was.
          entry.undo = undefined;
        };
      }),
  },
  {
    name: 'changed-once-only',
    breaks: 'an entry that has been captured is never written again',
    suite: 'simulation',
    apply() {
      const added = new WeakSet<Entry>();
      return replaceMethod(ChangedEntries.prototype, 'add', (add) => {
        return function (this: ChangedEntries, entry: Entry) {
          if (added.has(entry) && !entry.removed) return;
          added.add(entry);
          add.call(this, entry);
        };
      });
    },
  },
  {
    name: 'removal-not-written',
    breaks: 'an entry that was removed stays in the store',
    suite: 'simulation',
    apply: () =>
      replaceMethod(Entry.prototype, 'remove', (remove) => {
        return function (this: Entry) {
          remove.call(this);
          this.stored = false;
        };
      }),
  },
];
