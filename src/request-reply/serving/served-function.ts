import type { BatchResult, InvocationBatch, StateSpec } from '../../functions/remote/invocation-batch.ts';

/** A function type as the request-reply handler serves it, whatever style it is written in. */
export interface ServedFunction {
  readonly type: string;
  /** What the runtime keeps for each address; names are unique. */
  readonly states: readonly StateSpec[];
  /**
   * Handles the messages of one address in order. All states of {@link states} are attached, and maybe others, which are none of its
   * business. What it throws fails the whole batch: nothing of it takes effect, and the runtime sends it again.
   */
  handle(batch: InvocationBatch): Promise<BatchResult>;
}

/** The functions behind a request-reply handler. */
export interface ServedFunctions {
  get(type: string): ServedFunction | undefined;
  /** All types, sorted. */
  types(): readonly string[];
}
