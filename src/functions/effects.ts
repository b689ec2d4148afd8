import type { AddressedEnvelope } from '../envelope/addressed-envelope.ts';
import type { Envelope } from '../envelope/envelope.ts';
import type { Message } from './message.ts';

/** A delayed message that an invocation sends. */
export interface DelayedMessage extends AddressedEnvelope {
  readonly kind: 'send';
  /** Due time, in milliseconds since the epoch. */
  readonly dueAt: number;
  /** Cancellation token, unique at the sender's address. */
  readonly token: string | undefined;
}

/** Cancels the pending delayed message with the cancellation token, if there is one. */
export interface Cancellation {
  readonly kind: 'cancel';
  readonly token: string;
}

/** A record that an invocation sends to an egress. */
export interface EgressEffect {
  readonly egressId: string;
  readonly envelope: Envelope;
}

/** The effects of an invocation besides its state changes. The host applies them; those of a failed attempt are discarded. */
export interface Effects {
  readonly messages: readonly Message[];
  /** Applied in order: a send followed by a cancel of its token is cancelled; a cancel followed by a send leaves the message pending. */
  readonly delayed: readonly (DelayedMessage | Cancellation)[];
  readonly egressRecords: readonly EgressEffect[];
}
