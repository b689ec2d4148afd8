import type { Address } from '../../shared/address.ts';
import type { TypedValue } from '../../shared/typed-value.ts';

/** What a runtime asks of a function elsewhere: messages of one address, to be handled in order, and the state of the address. */
export interface InvocationBatch {
  readonly target: Address;
  /** Every state that the runtime knows for the function type, whether something is stored in it or not. */
  readonly states: readonly AttachedState[];
  readonly invocations: readonly BatchedMessage[];
}

export interface AttachedState {
  readonly name: string;
  /** Undefined: known, and nothing is stored. */
  readonly value: TypedValue | undefined;
}

export interface BatchedMessage {
  /** Undefined for a message from an ingress. */
  readonly caller: Address | undefined;
  readonly argument: TypedValue;
}

/** What a function elsewhere answers. */
export type BatchResponse = BatchResult | IncompleteContext;

/** Everything a batch asked for; the runtime applies it as a whole, in the order of the fields messages, delayed, egress, mutations. */
export interface BatchResult {
  readonly kind: 'result';
  readonly mutations: readonly StateMutation[];
  readonly messages: readonly OutgoingMessage[];
  readonly delayed: readonly (DelayedSend | DelayedCancellation)[];
  readonly egress: readonly OutgoingEgress[];
}

export interface StateMutation {
  readonly name: string;
  /** Undefined: the state is deleted. */
  readonly value: TypedValue | undefined;
}

export interface OutgoingMessage {
  readonly target: Address;
  readonly argument: TypedValue;
}

export interface DelayedSend extends OutgoingMessage {
  readonly kind: 'send';
  /** From now on, in milliseconds. */
  readonly delayMs: number;
  /** Names the message, so that it can be cancelled. */
  readonly token: string | undefined;
}

export interface DelayedCancellation {
  readonly kind: 'cancel';
  readonly token: string;
}

export interface OutgoingEgress {
  readonly egressId: string;
  readonly argument: TypedValue;
}

/** The request lacked states: the runtime registers them and sends the batch again. Nothing of the batch takes effect. */
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

export interface StateExpiration {
  readonly after: 'write' | 'invoke';
  readonly afterMs: number;
}
