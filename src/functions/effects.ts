import type { AddressedEnvelope } from '../envelope/addressed-envelope.ts';
import type { Envelope } from '../envelope/envelope.ts';

/** A message an invocation sends for later. */
export interface DelayedMessage extends AddressedEnvelope {
  readonly kind: 'send';
  /** Milliseconds since the epoch. */
  readonly dueAt: number;
  /** Names it for cancellation, within the sender's address. */
  readonly token: string | undefined;
}

/** Takes back the pending delayed message with the token, if there is one. */
export interface Cancellation {
  readonly kind: 'cancel';
  readonly token: string;
}

/** A record an invocation sends out. */
export interface EgressEffect {
  readonly egressId: string;
  readonly envelope: Envelope;
}

/** What an invocation asked for besides its state changes. The host decides what becomes of it; a failed attempt's are thrown away. */
export interface Effects {
  readonly messages: readonly AddressedEnvelope[];
  /** Applied in order: send then cancel of a token cancels, cancel then send leaves it pending. */
  readonly delayed: readonly (DelayedMessage | Cancellation)[];
  readonly egress: readonly EgressEffect[];
}
