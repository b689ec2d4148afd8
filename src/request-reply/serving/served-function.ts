import type { BatchResponse, InvocationBatch, StateSpec } from '../../functions/remote/invocation-batch.ts';

/** A function that the request-reply handler serves, written as a class or not. */
export interface ServedFunction {
  readonly type: string;
  /** The states that the runtime keeps for each address and attaches before a batch is handled. Names are unique. */
  readonly states: readonly StateSpec[];
  /** States requested only when a batch needs them. The runtime attaches them from then on. Names are unique, also among {@link states}. */
  readonly statesOnDemand?: readonly StateSpec[];
  /**
   * Handles the messages of one address in order. All of {@link states} are attached; ignore others. If a batch needs a state of
   * {@link statesOnDemand} that is not attached, the response names it: the batch has no effect, and the runtime sends it again with that state.
   * An error fails the whole batch: it has no effect, and the runtime sends it again.
   */
  handle(batch: InvocationBatch): Promise<BatchResponse>;
}

/** The functions behind a request-reply handler. */
export interface ServedFunctions {
  get(type: string): ServedFunction | undefined;
  /** Returns all types, sorted. */
  types(): readonly string[];
}
