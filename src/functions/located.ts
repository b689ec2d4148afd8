import type { Address } from '../shared/address.ts';

/** An address that a host has found, so that it need not be looked up for every message. */
export interface Located {
  readonly address: Address;
  /** Whether the host still finds the address with this object. Once it is false, the address has to be located again. */
  readonly live: boolean;
}
