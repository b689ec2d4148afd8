import type { BatchResponse, InvocationBatch, StateSpec } from '../../functions/remote/invocation-batch.ts';

/** A function type as the request-reply handler serves it, whatever style it is written in. */
export interface ServedFunction {
  readonly type: string;
  /** What the runtime keeps for each address, and attaches before a batch is handled; names are unique. */
  readonly states: readonly StateSpec[];
  /** What it asks for only when a batch needs it; the runtime attaches what it was asked for once. Names are unique, among those of {@link states} too. */
  readonly statesOnDemand?: readonly StateSpec[];
  /**
   * Handles the messages of one address in order. All states of {@link states} are attached, and maybe others, which are none of its
   * business. When a batch needs a state of {@link statesOnDemand} that is not attached, the answer names it: nothing of the batch takes
   * effect, and the runtime sends it again with that state. What it throws fails the whole batch: nothing of it takes effect, and the
   * runtime sends it again.
   */
  handle(batch: InvocationBatch): Promise<BatchResponse>;
}

/** The functions behind a request-reply handler. */
export interface ServedFunctions {
  get(type: string): ServedFunction | undefined;
  /** All types, sorted. */
  types(): readonly string[];
}
