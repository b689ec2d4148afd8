import type { Envelope } from '../envelope/envelope.ts';
import type { Address } from '../shared/address.ts';

/** An envelope for an address. The envelope has the message id. */
export interface Message {
  readonly target: Address;
  /** The address that sent it; undefined for messages from an ingress. */
  readonly caller: Address | undefined;
  readonly envelope: Envelope;
  /** When the event it comes from was received, on the monotonic clock; undefined after a recovery. Used only to measure latency. */
  readonly receivedAtMs?: number | undefined;
}
