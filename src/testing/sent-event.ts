import type { CloudEvent } from '../envelope/cloud-event.ts';
import type { Address } from '../shared/address.ts';

/** A message to an address. */
export interface SentEvent {
  readonly to: Address;
  readonly event: CloudEvent;
}

/** A delayed message that is not due yet. */
export interface DelayedEvent extends SentEvent {
  /** When it is due, in milliseconds since the epoch. */
  readonly dueAt: number;
  /** Set if the sender can cancel it. */
  readonly cancellationToken: string | undefined;
}
