import type { Envelope } from '../envelope/envelope.ts';
import type { Address } from '../shared/address.ts';
import { messageIdAt } from '../shared/message-id.ts';
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
export class RoutedMessage {
  readonly target: Address;
  /** The event, in an envelope whose message id is not that of the message. */
  readonly content: Envelope;
  /** Name of the forwarder. */
  readonly forwarder: string;
  /** The part that the ids of all messages of the forwarder for the event have in common. */
  readonly idBase: string;
  readonly ordinal: number;

  constructor(target: Address, content: Envelope, forwarder: string, idBase: string, ordinal: number) {
    this.target = target;
    this.content = content;
    this.forwarder = forwarder;
    this.idBase = idBase;
    this.ordinal = ordinal;
  }

  /** Envelope with the message id. */
  get envelope(): Envelope {
    return this.content.with({ messageId: messageIdAt(this.idBase, this.ordinal) });
  }
}
