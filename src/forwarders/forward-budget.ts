import type { CloudEvent } from '../envelope/cloud-event.ts';
import type { Envelope } from '../envelope/envelope.ts';
import { payloadBytesMax } from '../envelope/parse-cloud-event.ts';
import type { Address } from '../shared/address.ts';
import { StatefunError } from '../shared/errors.ts';

/** Most messages for one event. They are part of one commit, with the position of the record. */
export const forwardsMax = 250_000;

/** Most bytes of their payloads and ids, 64 MiB. Four times as many do not fit into one commit. */
export const forwardBytesMax = 64 * 1024 * 1024;

/** Counts the messages of all forwarders for one event, so that no commit is too large to be written. */
export class ForwardBudget {
  readonly #event: CloudEvent;
  #count = 0;
  #bytes = 0;

  constructor(event: CloudEvent) {
    this.#event = event;
  }

  /** Counts a message. Throws TOO_MANY_FORWARDS and MESSAGE_TOO_LARGE. */
  spend({ id }: Address, envelope: Envelope): void {
    const bytes = payloadBytesOf(envelope);
    // Received events have passed this check, events of a forwarder have not. A store keeps each message as one value.
    if (bytes > payloadBytesMax) {
      throw new StatefunError('MESSAGE_TOO_LARGE', `an event of ${bytes} bytes is forwarded; at most ${payloadBytesMax} are allowed.`, {
        facts: { bytes, bytesMax: payloadBytesMax },
      });
    }
    this.#count += 1;
    this.#bytes += bytes + id.length;
    if (this.#count <= forwardsMax && this.#bytes <= forwardBytesMax) return;
    const limit = this.#count > forwardsMax ? `${forwardsMax} messages` : `${forwardBytesMax} bytes`;
    throw new StatefunError('TOO_MANY_FORWARDS', `more than ${limit} are forwarded for event "${this.#event.id}".`, {
      facts: { forwardsMax, forwardBytesMax },
    });
  }
}

/** Returns the bytes of a payload. An estimate can be six times too low for text that JSON escapes, so near the limit the text is measured. */
function payloadBytesOf(envelope: Envelope): number {
  const { payloadBytes, isTypedValue } = envelope;
  return payloadBytes > payloadBytesMax / 8 && !isTypedValue ? Buffer.byteLength(envelope.payload) : payloadBytes;
}
