import { hash } from 'node:crypto';
import type { CloudEvent } from '../../../envelope/cloud-event.ts';
import { Envelope } from '../../../envelope/envelope.ts';
import { cloudEventTypename } from '../../../envelope/typed-value-event.ts';
import { formatAddress, type Address } from '../../../shared/address.ts';
import { messageIdOf } from '../../../shared/message-id.ts';
import type { TypedValue } from '../../../shared/typed-value.ts';

/** The typename of messages between functions of an application in a cluster. Their value is the envelope in Protobuf. */
export const envelopeTypename = 'statefun.types/envelope';

/** Encodes an envelope, with its message id, for another function of the application. */
export function envelopeValue(envelope: Envelope): TypedValue {
  return { typename: envelopeTypename, hasValue: true, value: envelope.encode() };
}

/**
 * Returns the envelope in a message of any sender. A message without an id, from a function in another language, gets an id that is the same on
 * each attempt. Throws an error of outcome `give-up` for bytes that are no event.
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
  // Nothing else distinguishes such messages: equal messages have the same id.
  const origin = JSON.stringify([
    caller === undefined ? '' : formatAddress(caller),
    argument.typename,
    hash('sha256', argument.value, 'hex'),
  ]);
  return Envelope.ofTypedValue(argument, { messageId: firstMessageId(origin, self) });
}

/** Returns the origin that the ids of an event's messages are derived from, if the record's position is unknown: the source and id. */
export function originOf({ source, id }: Pick<CloudEvent, 'source' | 'id'>): string {
  return `event:${JSON.stringify([source, id])}`;
}

function firstMessageId(origin: string, self: Address): string {
  return messageIdOf(origin, formatAddress(self), 0);
}
