import { CommitGroup } from '../../src/engine/partition/commit-group.ts';
import type { OutboxRecords } from '../../src/engine/partition/outbox/egress-outbox.ts';
import { DeadLetterIntake } from '../../src/engine/partition/dead-letter-intake.ts';
import type { DeadLetter } from '../../src/engine/partition/dead-letters.ts';
import { Outbox } from '../../src/engine/egress/outbox.ts';
import { Partition } from '../../src/engine/partition/partition.ts';
import { replaceMethod, undoAll, type Mutant } from './mutant.ts';

/** Mutants of the outbox and of dead letters. */
export const outsideMutants: readonly Mutant[] = [
  {
    name: 'acknowledgement-lost',
    breaks: 'a record that the outside has acknowledged stays in the outbox',
    suite: 'simulation',
    apply: () => replaceMethod(CommitGroup.prototype, 'acknowledged', () => () => undefined),
  },
  {
    name: 'acknowledged-too-early',
    breaks: 'a record leaves the outbox when it is handed to its egress, not when the outside has it',
    suite: 'simulation',
    apply() {
      const running: { partition?: Partition } = {};
      return undoAll(
        replaceMethod(Partition.prototype, 'advance', (advance) => {
          return function (this: Partition, nowMs: number) {
            running.partition = this;
            advance.call(this, nowMs);
          };
        }),
        replaceMethod(Outbox.prototype, 'release', (release) => {
          return function (this: Outbox, released: readonly OutboxRecords[]) {
            release.call(this, released);
            for (const { egressId, envelopes } of released) running.partition?.group.acknowledged(egressId, envelopes.length);
          };
        }),
      );
    },
  },
  {
    name: 'egress-swapped',
    breaks: 'records that are committed together leave in the opposite order',
    suite: 'simulation',
    apply: () =>
      replaceMethod(Outbox.prototype, 'release', (release) => {
        return function (this: Outbox, released: readonly OutboxRecords[]) {
          release.call(
            this,
            released.map((outbox) => ({ ...outbox, envelopes: [...outbox.envelopes].reverse() })),
          );
        };
      }),
  },
  {
    name: 'egress-record-lost',
    breaks: 'the last of several records that are committed together does not leave',
    suite: 'simulation',
    apply: () =>
      replaceMethod(Outbox.prototype, 'release', (release) => {
        return function (this: Outbox, released: readonly OutboxRecords[]) {
          release.call(
            this,
            released.map((outbox) => ({
              ...outbox,
              envelopes: outbox.envelopes.length > 1 ? outbox.envelopes.slice(0, -1) : outbox.envelopes,
            })),
          );
        };
      }),
  },
  {
    name: 'dead-letter-lost',
    breaks: 'a dead letter is kept in memory and not committed',
    suite: 'simulation',
    apply: () => replaceMethod(CommitGroup.prototype, 'deadLetter', () => () => undefined),
  },
  {
    name: 'redriven-letter-kept',
    breaks: 'a dead letter that is tried again stays in the store beside it',
    suite: 'simulation',
    apply: () => replaceMethod(CommitGroup.prototype, 'deadLetterRemoved', () => () => undefined),
  },
  {
    name: 'redrive-doubled',
    breaks: 'a dead message that is tried again is delivered twice',
    suite: 'simulation',
    apply() {
      let redriven: string | undefined;
      return undoAll(
        replaceMethod(DeadLetterIntake.prototype, 'take', (take) => {
          return function (this: DeadLetterIntake, id: string): DeadLetter {
            const letter = take.call(this, id);
            redriven = letter.messageId;
            return letter;
          };
        }),
        replaceMethod(Partition.prototype, 'enqueue', (enqueue) => {
          return function (this: Partition, message) {
            enqueue.call(this, message);
            if (redriven === undefined || message.envelope.messageId !== redriven) return;
            redriven = undefined;
            this.enqueue(message);
          };
        }),
      );
    },
  },
];
