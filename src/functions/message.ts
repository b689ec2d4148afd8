import type { Envelope } from '../envelope/envelope.ts';
import type { Address } from '../shared/address.ts';

/** An envelope on its way to an address. The envelope carries the message id. */
export interface Message {
  readonly target: Address;
  /** Who sent it; undefined for messages from an ingress. */
  readonly caller: Address | undefined;
  readonly envelope: Envelope;
}
