import { Envelope } from '../../envelope/envelope.ts';
import { Message } from '../../functions/message.ts';
import type { Ingress } from '../../ingress/ingress.ts';
import { parseAddress } from '../../shared/address.ts';
import { assertInvariant } from '../../shared/errors.ts';
import type { DeadLetter } from '../partition/dead-letters.ts';
import type { Partition } from '../partition/partition.ts';
import type { RecordIntake } from '../ingress/record-intake.ts';

export interface RedriveTargets {
  readonly intake: RecordIntake;
  readonly partition: Partition;
  readonly ingress: readonly Ingress[];
}

/** Puts a dead letter back where it came from, with its ids: messages it leads to have the same ids as if it had not failed. */
export function redrive(letter: DeadLetter, { intake, partition, ingress }: RedriveTargets): void {
  switch (letter.kind) {
    case 'record': {
      assertInvariant(letter.ingress !== undefined, 'a dead record knows its ingress');
      const { name, partition: shard, position, identity, key } = letter.ingress;
      const source = ingress.find((candidate) => candidate.id === name) ?? removedIngress(name);
      intake.route(
        source,
        { partition: shard, position, identity, data: letter.payload, ...(key === undefined ? {} : { key }) },
        undefined,
      );
      return;
    }
    case 'message': {
      assertInvariant(letter.target !== undefined, 'a dead message knows its target');
      const caller = letter.caller === undefined ? undefined : parseAddress(letter.caller);
      partition.enqueue(Message.of({ target: parseAddress(letter.target), caller, envelope: Envelope.decodeTrusted(letter.payload) }));
      return;
    }
    case 'egress': {
      assertInvariant(letter.egressId !== undefined, 'a dead egress record knows its egress');
      const envelope = Envelope.decodeTrusted(letter.payload);
      partition.group.egressAgain(letter.egressId, envelope);
      return;
    }
  }
}

/** Stands for an ingress that is no longer declared. Its records are read as CloudEvents, the default. */
function removedIngress(name: string): Ingress {
  return { id: name, description: `${name} (removed)`, start: () => Promise.resolve(), stop: () => Promise.resolve() };
}
