import type { CloudEvent } from '../envelope/cloud-event.ts';
import type { Address } from '../shared/address.ts';

/** A message to an address. */
export interface SentEvent {
  readonly to: Address;
  readonly event: CloudEvent;
}

/** A message whose time has not come. */
export interface DelayedEvent extends SentEvent {
  /** Milliseconds since the epoch. */
  readonly dueAt: number;
  /** With which it can be taken back. */
  readonly token: string | undefined;
}
