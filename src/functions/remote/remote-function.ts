import type { Logger } from '../../shared/logger.ts';
import type { OnFailure } from '../failure-policy.ts';
import type { BatchResponse, InvocationBatch } from './invocation-batch.ts';

/** Calls functions elsewhere: one attempt a call, no retries of its own. */
export interface RemoteClient {
  /** For people: where the functions are. */
  readonly description: string;
  /**
   * Sends a batch and answers what the function says. Rejects with REMOTE_UNAVAILABLE when the other side was not there or asked for
   * patience, which is no fault of the batch; with any other error when the attempt failed, `facts.retryAfterMs` saying how long to wait.
   * Ends soon after the signal is aborted.
   */
  call(batch: InvocationBatch, signal: AbortSignal): Promise<BatchResponse>;
  /** Releases connections. Calling it again does nothing. */
  close(): Promise<void>;
}

/** How the functions of one declaration are called; times in milliseconds. */
export interface RemotePolicy {
  /** How long one batch is tried before its messages are tried one by one, and a single message before `onFailure` decides. */
  readonly callBudgetMs: number;
  /** Most messages of one batch. From this many waiting messages on the address counts as blocked. */
  readonly batchMessagesMax: number;
  readonly onFailure: OnFailure;
  /** Whether time in which the other side is not there counts towards the budget (`fail`), or is waited out (`wait`). */
  readonly whenUnavailable: 'wait' | 'fail';
}

/** Functions elsewhere, as an application declares them. */
export interface RemoteFunctions {
  /** `namespace/name`, or `namespace/*` for every function of a namespace that nothing else names. */
  readonly functions: string;
  readonly policy: RemotePolicy;
  /** Called once for each run of the application; throws for what cannot be used. */
  readonly connect: (logger: Logger) => RemoteClient;
}

/** A function type that is handled elsewhere. */
export interface RemoteFunction {
  readonly kind: 'remote';
  readonly type: string;
  readonly client: RemoteClient;
  readonly policy: RemotePolicy;
}
