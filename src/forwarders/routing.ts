import type { Envelope } from '../envelope/envelope.ts';
import type { Address } from '../shared/address.ts';
import type { Clock } from '../shared/time/clock.ts';

/** Reaction to events that no forwarder accepts: keep them as dead letters, or only count them. */
export type UnmatchedEvents = 'dead-letter' | 'count';

/** The parts of an application that the router uses. */
export interface RouterOptions {
  /** Returns whether something handles the function type. */
  isRegistered(type: string): boolean;
  registeredTypes(): readonly string[];
  /** Source of the `time` of events that forwarders create. */
  readonly clock: Clock;
}

/** A message that a forwarder sent for an event. */
export interface RoutedMessage {
  readonly target: Address;
  /** Envelope with the message id. */
  readonly envelope: Envelope;
  /** Name of the forwarder. */
  readonly forwarder: string;
}
