import { CommitGroup, type Capture } from '../../src/engine/partition/commit-group.ts';
import { Outbox } from '../../src/engine/egress/outbox.ts';
import { Mailboxes } from '../../src/engine/partition/mailboxes.ts';
import { Partition } from '../../src/engine/partition/partition.ts';
import type { PendingMessage } from '../../src/engine/partition/activation.ts';
import { messagesCollection } from '../../src/engine/partition/stored-entries.ts';
import { ChangedEntries } from '../../src/state/changed-entries.ts';
import type { StoreChange } from '../../src/storage/store.ts';
import { replaceMethod, undoAll, type Mutant } from './mutant.ts';

const group = CommitGroup.prototype;

/** Mutants of what a commit holds. */
export const commitMutants: readonly Mutant[] = [
  {
    name: 'position-before-messages',
    breaks: 'a position is committed one commit before the messages of its record',
    suite: 'simulation',
    apply() {
      let late: readonly StoreChange[] = [];
      const isNew = ({ collection, value }: StoreChange): boolean => collection === messagesCollection && value !== undefined;
      return undoAll(
        // What one process has not written is gone with it.
        replaceMethod(Outbox.prototype, 'start', (start) => {
          return function (this: Outbox) {
            late = [];
            return start.call(this);
          };
        }),
        replaceMethod(group, 'capture', (capture) => {
          return function (this: CommitGroup, unstored?: readonly PendingMessage[]): Capture {
            const captured = capture.call(this, unstored);
            const changes = [...late, ...captured.changes.filter((change) => !isNew(change))];
            late = captured.changes.filter(isNew);
            return { ...captured, changes };
          };
        }),
      );
    },
  },
  {
    name: 'waiting-message-not-stored',
    breaks: 'a message that waits behind another one of its address at a cut is not part of the commit',
    suite: 'simulation',
    apply: () => hideAtCut((pending, index) => !pending.stored && index > 0),
  },
  {
    name: 'passed-over-message-not-stored',
    breaks: 'a message that has left the queue for the mailbox of its address is not part of the next commit',
    suite: 'simulation',
    apply: () =>
      replaceMethod(Mailboxes.prototype, 'takeUnstored', (takeUnstored) => {
        return function (this: Mailboxes): readonly PendingMessage[] {
          const inMailboxes = new Set([...this.addresses].flatMap(({ mailbox }) => [...(mailbox ?? [])].slice(1)));
          return takeUnstored.call(this).filter((message) => !inMailboxes.has(message));
        };
      }),
  },
  {
    name: 'running-message-not-stored',
    breaks: 'the message of an asynchronous handler that runs at a cut is not part of the commit',
    suite: 'simulation',
    apply: () => hideAtCut((pending, index, status) => !pending.stored && index === 0 && status === 'running'),
  },
  {
    name: 'egress-before-commit',
    breaks: 'egress leaves when its commit begins',
    suite: 'simulation',
    apply() {
      const running: { outbox?: Outbox } = {};
      return undoAll(
        replaceMethod(Outbox.prototype, 'start', (start) => {
          return function (this: Outbox) {
            running.outbox = this;
            return start.call(this);
          };
        }),
        replaceMethod(group, 'capture', (capture) => {
          return function (this: CommitGroup, unstored?: readonly PendingMessage[]): Capture {
            const captured = capture.call(this, unstored);
            running.outbox?.release(captured.outbox);
            return { ...captured, outbox: [] };
          };
        }),
      );
    },
  },
  {
    name: 'state-not-committed',
    breaks: 'the state an invocation has changed is not part of the commit that holds its other effects',
    suite: 'simulation',
    apply: () => replaceMethod(ChangedEntries.prototype, 'add', () => () => undefined),
  },
  {
    name: 'position-not-committed',
    breaks: 'the position of a record is not committed with its messages',
    suite: 'simulation',
    apply: () => replaceMethod(group, 'position', () => () => undefined),
  },
  {
    name: 'handled-message-kept',
    breaks: 'a message that is handled stays in the store',
    suite: 'simulation',
    apply: () => replaceMethod(group, 'handled', () => () => undefined),
  },
  {
    name: 'attempts-not-persisted',
    breaks: 'failed attempts are not part of the commit',
    suite: 'simulation',
    apply: () => replaceMethod(group, 'retried', () => () => undefined),
  },
];

/** Keeps messages out of a commit by calling them handled while it is captured. */
function hideAtCut(hides: (pending: PendingMessage, index: number, status: string) => boolean): () => void {
  return replaceMethod(Partition.prototype, 'capture', (capture) => {
    return function (this: Partition): Capture {
      const hidden: PendingMessage[] = [];
      for (const [{ status }, messages] of this.mailboxes.byAddress()) {
        for (const [index, pending] of messages.entries()) if (hides(pending, index, status)) hidden.push(pending);
      }
      for (const pending of hidden) pending.handled = true;
      const captured = capture.call(this);
      for (const pending of hidden) pending.handled = false;
      return captured;
    };
  });
}
