import type { CloudEvent } from '../envelope/cloud-event.ts';
import type { Envelope } from '../envelope/envelope.ts';
import { payloadBytesMax } from '../envelope/parse-cloud-event.ts';
import type { Address } from '../shared/address.ts';
import { StatefunError } from '../shared/errors.ts';

/** Most messages that the forwarders may send for one event: they enter one commit together with the position of its record. */
export const forwardsMax = 250_000;

/** Most bytes of their payloads and ids, 64 MiB: four times as much no longer fits into one commit. */
export const forwardBytesMax = 64 * 1024 * 1024;

/** Counts what the forwarders send for one event, so that no event leads to a commit that cannot be written. */
export class ForwardBudget {
  readonly #event: CloudEvent;
  #count = 0;
  #bytes = 0;

  constructor(event: CloudEvent) {
    this.#event = event;
  }

  /** Throws TOO_MANY_FORWARDS and MESSAGE_TOO_LARGE. */
  spend({ id }: Address, envelope: Envelope): void {
    const bytes = payloadBytesOf(envelope);
    // What came in has passed this check; what a forwarder makes has not, and a store keeps each message as one value.
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

/** An estimate can be six times too low for text that JSON escapes; where that could matter the text itself is measured. */
function payloadBytesOf(envelope: Envelope): number {
  const { payloadBytes, isTypedValue } = envelope;
  return payloadBytes > payloadBytesMax / 8 && !isTypedValue ? Buffer.byteLength(envelope.payload) : payloadBytes;
}
