import type { Address } from '../shared/address.ts';
import type { Envelope } from './envelope.ts';

/** An envelope with the address it is for: what a function sends, and what an ingress that knows its targets makes of a record. */
export interface AddressedEnvelope {
  readonly target: Address;
  readonly envelope: Envelope;
}
