import type { Logger } from '../../shared/logger.ts';
import type { OnFailure } from '../failure-policy.ts';
import type { BatchResponse, InvocationBatch } from './invocation-batch.ts';

/** Calls remote functions: each call is one attempt, without retries. */
export interface RemoteClient {
  /** Describes the endpoint of the functions, for people. */
  readonly description: string;
  /**
   * Sends a batch and returns the response. Rejects with REMOTE_UNAVAILABLE when the endpoint was unreachable or asked to be called later, which
   * is not a failure of the batch. Rejects with any other error when the attempt failed; `facts.retryAfterMs` is the time to wait. Ends soon after
   * the signal is aborted.
   */
  call(batch: InvocationBatch, signal: AbortSignal): Promise<BatchResponse>;
  /** Releases connections. Calling it again does nothing. */
  close(): Promise<void>;
}

/** Options for calls of one declaration of remote functions. Times are in milliseconds. */
export interface RemotePolicy {
  /** Time for the attempts of one batch, after which its messages are tried one by one, and of one message, after which `onFailure` decides. */
  readonly callBudgetMs: number;
  /** Most messages of one batch. With this many waiting messages, the address counts as blocked. */
  readonly batchMessagesMax: number;
  readonly onFailure: OnFailure;
  /** Whether the time of an unreachable endpoint counts in the budget (`fail`) or not (`wait`). */
  readonly whenUnavailable: 'wait' | 'fail';
}

/** A declaration of remote functions in an application. */
export interface RemoteFunctions {
  /** `namespace/name`, or `namespace/*` for every function of a namespace that has no declaration of its own. */
  readonly functions: string;
  readonly policy: RemotePolicy;
  /** Creates the client. Called once per run of the application. Throws for options that cannot be used. */
  readonly connect: (logger: Logger) => RemoteClient;
}

/** A function type of a remote function. */
export interface RemoteFunction {
  readonly kind: 'remote';
  readonly type: string;
  readonly client: RemoteClient;
  readonly policy: RemotePolicy;
}
