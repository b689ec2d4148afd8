import { CommitGroup } from '../../src/engine/partition/commit-group.ts';
import { DelayedMessages, type Delayed } from '../../src/engine/partition/delayed-messages.ts';
import type { Address } from '../../src/shared/address.ts';
import { replaceMethod, type Mutant } from './mutant.ts';

/** Mutants of delayed messages. */
export const delayedMutants: readonly Mutant[] = [
  {
    name: 'timer-fires-twice',
    breaks: 'a delayed message that has fired fires again',
    suite: 'simulation',
    apply: () =>
      replaceMethod(DelayedMessages.prototype, 'takeDue', (takeDue) => {
        const again = new WeakSet<object>();
        return function (this: DelayedMessages, nowMs: number): Delayed | undefined {
          const due = takeDue.call(this, nowMs);
          if (due === undefined || again.has(due.message)) return due;
          again.add(due.message);
          const { message, sequence, dueAt, token, stored } = due;
          this.add({ message, sequence, dueAt, token, stored });
          return due;
        };
      }),
  },
  {
    name: 'fired-timer-kept',
    breaks: 'a delayed message that has fired, or was taken back, stays in the store',
    suite: 'simulation',
    apply: () => replaceMethod(CommitGroup.prototype, 'delayedEnded', () => () => undefined),
  },
  {
    name: 'cancelled-timer-fires',
    breaks: 'a delayed message that was taken back fires',
    suite: 'simulation',
    apply: () =>
      replaceMethod(DelayedMessages.prototype, 'cancel', (cancel) => {
        return function (this: DelayedMessages, sender: Address, token: string): readonly Delayed[] {
          const cancelled = cancel.call(this, sender, token);
          for (const { message, sequence, dueAt, stored } of cancelled) this.add({ message, sequence, dueAt, token: undefined, stored });
          return cancelled;
        };
      }),
  },
  {
    name: 'delayed-message-not-stored',
    breaks: 'a delayed message is not part of the commit of the invocation that sent it',
    suite: 'simulation',
    apply: () => replaceMethod(CommitGroup.prototype, 'delayed', () => () => undefined),
  },
];
