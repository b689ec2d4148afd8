import { hash } from 'node:crypto';
import type { CloudEvent } from '../../../envelope/cloud-event.ts';
import { Envelope } from '../../../envelope/envelope.ts';
import { cloudEventTypename } from '../../../envelope/typed-value-event.ts';
import { formatAddress, type Address } from '../../../shared/address.ts';
import { messageIdOf } from '../../../shared/message-id.ts';
import type { TypedValue } from '../../../shared/typed-value.ts';

/** Under this typename messages between functions of an application travel through a cluster: the Protobuf bytes of their envelope. */
export const envelopeTypename = 'statefun.types/envelope';

/** An envelope for another function of the application: its message id goes with it. */
export function envelopeValue(envelope: Envelope): TypedValue {
  return { typename: envelopeTypename, hasValue: true, value: envelope.encode() };
}

/**
 * The envelope in a message, whatever sent it. One that has no message id, because it comes from a function in another language, gets one
 * that is the same on every attempt. Throws an error of outcome `give-up` for bytes that are no event.
 */
export function readEnvelope(argument: TypedValue, self: Address, caller: Address | undefined): Envelope {
  if (argument.typename === envelopeTypename && argument.hasValue) {
    const envelope = Envelope.decode(argument.value);
    return envelope.messageId === undefined ? envelope.with({ messageId: firstMessageId(originOf(envelope.event), self) }) : envelope;
  }
  if (argument.typename === cloudEventTypename && argument.hasValue) {
    const envelope = Envelope.ofTypedValue(argument);
    return envelope.with({ messageId: firstMessageId(originOf(envelope.event), self) });
  }
  // Nothing else tells such messages apart: two that are equal have one id.
  const origin = JSON.stringify([
    caller === undefined ? '' : formatAddress(caller),
    argument.typename,
    hash('sha256', argument.value, 'hex'),
  ]);
  return Envelope.ofTypedValue(argument, { messageId: firstMessageId(origin, self) });
}

/** What the ids of the messages of an event are made of, where no position of a record is known: the event's source and id. */
export function originOf({ source, id }: Pick<CloudEvent, 'source' | 'id'>): string {
  return `event:${JSON.stringify([source, id])}`;
}

function firstMessageId(origin: string, self: Address): string {
  return messageIdOf(origin, formatAddress(self), 0);
}
