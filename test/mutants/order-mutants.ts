import type { Activation } from '../../src/engine/partition/activation.ts';
import { InsideWatch } from '../../src/engine/ingress/inside-watch.ts';
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
          const { ready } = this.mailboxes;
          const { first } = ready;
          if (first?.status !== 'idle' || ready.length < 2) return step.call(this, nowMs);
          ready.removeFirst();
          const handled = step.call(this, nowMs);
          ready.add(first);
          return handled ?? step.call(this, nowMs);
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
