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
  /** The message; undefined if it could not be read as an event. */
  readonly envelope: Envelope | undefined;
  /** The bytes of a message that is not an envelope. */
  readonly bytes: Uint8Array;
  readonly error: Error;
  readonly attempts: number;
}

/** The services that function classes need from the host that serves them to a cluster. */
export interface ClassHost {
  /** The host of invocations without `isCancellationTokenPending`, which only the batch can tell. */
  readonly invocations: Omit<InvocationHost, 'isCancellationTokenPending'>;
  /** Whether a function type is remote, that is, served by another process. */
  readonly isRemote: (type: string) => boolean;
  /** Whether a caller is the router, which passes on records of an ingress: such messages have no caller. */
  readonly isIngress: (caller: Address) => boolean;
  /** Returns the record for the cluster, or undefined if it is larger than the egress accepts. */
  readonly toEgress: (effect: EgressEffect) => OutgoingEgress | undefined;
  readonly toDeadLetter: (message: GivenUp) => OutgoingEgress;
  readonly clock: Clock;
  /** Total time for retries within one call, in milliseconds. The cluster waits meanwhile, by default at most two minutes. */
  readonly retryBudgetMs: number;
}
