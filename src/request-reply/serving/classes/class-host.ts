import type { EgressEffect } from '../../../functions/effects.ts';
import type { InvocationHost } from '../../../functions/invocation-host.ts';
import type { OutgoingEgress } from '../../../functions/remote/invocation-batch.ts';
import type { Envelope } from '../../../envelope/envelope.ts';
import type { Address } from '../../../shared/address.ts';
import type { Clock } from '../../../shared/time/clock.ts';

/** A message that was given up. */
export interface GivenUp {
  readonly target: Address;
  readonly caller: Address | undefined;
  /** Undefined: the message could not be read as an event. */
  readonly envelope: Envelope | undefined;
  /** What the message was, where it is not an envelope. */
  readonly bytes: Uint8Array;
  readonly error: Error;
  readonly attempts: number;
}

/** What the classes of an application need of whoever serves them to a cluster. */
export interface ClassHost {
  /** All of it but `isTokenPending`: only the batch knows of tokens. */
  readonly invocations: Omit<InvocationHost, 'isTokenPending'>;
  /** Whether a function type is handled outside of the application, in another language. */
  readonly isRemote: (type: string) => boolean;
  /** Callers that are none: the router, which hands on what comes from an ingress. */
  readonly isIngress: (caller: Address) => boolean;
  /** Undefined: the record is larger than what the outside takes. */
  readonly toEgress: (effect: EgressEffect) => OutgoingEgress | undefined;
  readonly toDeadLetter: (message: GivenUp) => OutgoingEgress;
  readonly clock: Clock;
  /** How long failed messages of one call may be tried again in all, in milliseconds: the cluster waits meanwhile, two minutes at most. */
  readonly retryBudgetMs: number;
}
