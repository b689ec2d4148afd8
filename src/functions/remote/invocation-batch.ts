import type { Address } from '../../shared/address.ts';
import type { TypedValue } from '../../shared/typed-value.ts';

/** A call to a remote function: messages of one address, to handle in order, and the state of the address. */
export interface InvocationBatch {
  readonly target: Address;
  /** Every state that the runtime knows for the function type, with or without a stored value. */
  readonly states: readonly AttachedState[];
  readonly invocations: readonly BatchedMessage[];
}

/** A state that a runtime sends with a batch. */
export interface AttachedState {
  readonly name: string;
  /** Stored value. Undefined when nothing is stored. */
  readonly value: TypedValue | undefined;
}

/** One message of a batch. */
export interface BatchedMessage {
  /** Sender. Undefined for a message from an ingress. */
  readonly caller: Address | undefined;
  readonly argument: TypedValue;
}

/** The response of a remote function. */
export type BatchResponse = BatchResult | IncompleteContext;

/** All effects of a batch. The runtime applies them together, in the order of the fields messages, delayed, egress, mutations. */
export interface BatchResult {
  readonly kind: 'result';
  readonly mutations: readonly StateMutation[];
  readonly messages: readonly OutgoingMessage[];
  readonly delayed: readonly (DelayedSend | DelayedCancellation)[];
  readonly egress: readonly OutgoingEgress[];
}

/** A change of a state. */
export interface StateMutation {
  readonly name: string;
  /** New value. Undefined deletes the state. */
  readonly value: TypedValue | undefined;
}

/** A message to another function. */
export interface OutgoingMessage {
  readonly target: Address;
  readonly argument: TypedValue;
}

/** A message that arrives after a delay. */
export interface DelayedSend extends OutgoingMessage {
  readonly kind: 'send';
  /** Delay from now, in milliseconds. */
  readonly delayMs: number;
  readonly cancellationToken: string | undefined;
}

/** Cancels a delayed message. */
export interface DelayedCancellation {
  readonly kind: 'cancel';
  readonly cancellationToken: string;
}

/** A record for an egress. */
export interface OutgoingEgress {
  readonly egressId: string;
  readonly argument: TypedValue;
}

/** The response to a call that lacked states. The runtime registers them and sends the batch again. The batch has no effects. */
export interface IncompleteContext {
  readonly kind: 'incomplete';
  readonly missing: readonly StateSpec[];
}

/** A state that a function declares. */
export interface StateSpec {
  readonly name: string;
  readonly typename: string;
  readonly expiration: StateExpiration | undefined;
}

/** When the runtime removes a state. */
export interface StateExpiration {
  readonly after: 'write' | 'invoke';
  readonly afterMs: number;
}
