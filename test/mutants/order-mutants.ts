import type { Activation } from '../../src/engine/partition/activation.ts';
import { InsideWatch } from '../../src/engine/ingress/inside-watch.ts';
import { Mailboxes } from '../../src/engine/partition/mailboxes.ts';
import { Partition } from '../../src/engine/partition/partition.ts';
import { replaceGetter, replaceMethod, type Mutant } from './mutant.ts';

/** Mutants of what goes before what. */
export const orderMutants: readonly Mutant[] = [
  {
    name: 'newer-message-first',
    breaks: 'a message is handled before an older one of another address',
    suite: 'simulation',
    apply: () =>
      replaceMethod(Partition.prototype, 'step', (step) => {
        return function (this: Partition, nowMs: number): Activation | undefined {
          const first = this.mailboxes.first?.activation;
          if (first?.status !== 'idle') return step.call(this, nowMs);
          first.status = 'waiting';
          const handled = step.call(this, nowMs);
          this.mailboxes.release(first);
          return handled ?? step.call(this, nowMs);
        };
      }),
  },
  {
    name: 'released-behind-queue',
    breaks: 'the messages that were passed over while their address ran come up behind those that arrived later',
    suite: 'simulation',
    apply: () =>
      replaceMethod(Mailboxes.prototype, 'release', (release) => {
        return function (this: Mailboxes, activation: Activation) {
          const passed = activation.executor.batches || activation.mailbox?.peek()?.attempts !== 0 ? [] : [...activation.mailbox];
          if (passed.length > 0) activation.mailbox = undefined;
          release.call(this, activation);
          for (const message of passed) {
            // Delivered again, it counts twice unless it is taken out first.
            this.drop(activation, new Set([message]));
            message.handled = false;
            this.deliver(message);
          }
        };
      }),
  },
  {
    name: 'record-passes-read',
    breaks: 'a record is taken while a message inside waits for the state of its address',
    suite: 'simulation',
    apply: () => replaceGetter(Partition.prototype, 'reading', () => false),
  },
  {
    name: 'record-passes-messages',
    breaks: 'a record is taken while messages inside can be handled',
    suite: 'simulation',
    apply: () => replaceGetter(InsideWatch.prototype, 'recordDue', () => true),
  },
  {
    name: 'records-starve',
    breaks: 'functions that message each other without a pause keep records waiting',
    suite: 'simulation of chatter',
    apply: () => replaceGetter(InsideWatch.prototype, 'recordDue', () => false),
  },
];
