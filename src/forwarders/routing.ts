import type { Envelope } from '../envelope/envelope.ts';
import type { Address } from '../shared/address.ts';
import type { Clock } from '../shared/time/clock.ts';

/** What becomes of events that no forwarder accepts: kept as dead letters, or only counted. */
export type UnmatchedEvents = 'dead-letter' | 'count';

/** What the router knows about the application. */
export interface RouterOptions {
  /** Whether a function type has a function. */
  isRegistered(type: string): boolean;
  registeredTypes(): readonly string[];
  /** The `time` of events that forwarders make. */
  readonly clock: Clock;
}

/** A message of an event, not sent yet. */
export interface RoutedMessage {
  readonly target: Address;
  /** With the message id. */
  readonly envelope: Envelope;
  /** The name of the forwarder. */
  readonly forwarder: string;
}
