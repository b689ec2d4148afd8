import type { Activation, PendingMessage } from '../../src/engine/partition/activation.ts';
import { EgressSender } from '../../src/engine/egress/egress-sender.ts';
import type { OutboxRecords } from '../../src/engine/partition/outbox/egress-outbox.ts';
import { Mailboxes } from '../../src/engine/partition/mailboxes.ts';
import { Partition } from '../../src/engine/partition/partition.ts';
import { replaceMethod, type Mutant } from './mutant.ts';

/** Mutants of what a start puts back. */
export const recoveryMutants: readonly Mutant[] = [
  {
    name: 'delayed-message-lost-at-recovery',
    breaks: 'delayed messages are not put back after a start',
    suite: 'simulation',
    apply: () =>
      replaceMethod(Partition.prototype, 'restoreDelayed', () => {
        return function (this: Partition, _message: unknown, sequence: number) {
          this.skipSequence(sequence);
        };
      }),
  },
  {
    name: 'sequence-reused',
    breaks: 'sequences begin again after a start, and name entries that are there already',
    suite: 'simulation',
    apply: () => replaceMethod(Partition.prototype, 'skipSequence', () => () => undefined),
  },
  {
    name: 'recovered-messages-swapped',
    breaks: 'messages that are put back change places',
    suite: 'simulation',
    apply: () =>
      replaceMethod(Mailboxes.prototype, 'deliver', (deliver) => {
        return function (this: Mailboxes, message: PendingMessage): Activation | undefined {
          const delivered = deliver.call(this, message);
          const [before] = delivered === undefined ? [] : (this.byAddress().get(delivered) ?? []).slice(-2);
          if (!message.stored || before === undefined || before === message) return delivered;
          const { envelope, caller } = message;
          Object.assign(message, { envelope: before.envelope, caller: before.caller });
          Object.assign(before, { envelope, caller });
          return delivered;
        };
      }),
  },
  {
    name: 'recovered-egress-not-marked',
    breaks: 'egress records that an earlier run may have sent are sent as if they were new',
    suite: 'simulation',
    apply: () =>
      replaceMethod(EgressSender.prototype, 'add', (add) => {
        return function (this: EgressSender, outbox: OutboxRecords) {
          add.call(this, { ...outbox, leftBefore: undefined });
        };
      }),
  },
];
