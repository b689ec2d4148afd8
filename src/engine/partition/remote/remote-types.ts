import type { InvocationHost } from '../../../functions/invocation-host.ts';
import type { StateSpec } from '../../../functions/remote/invocation-batch.ts';
import type { Activation } from '../activation.ts';
import { RemoteMetrics } from './remote-metrics.ts';
import { RemoteStates } from './remote-states.ts';

/**
 * One type of remote functions. Until its states are known, only one of its addresses is called at a time, so a new function is asked for its
 * states once.
 */
export interface RemoteType {
  readonly states: RemoteStates;
  readonly metrics: RemoteMetrics;
  /** The address that is called to discover the states. */
  discovering: Activation | undefined;
  /** Addresses that wait for the end of that call. */
  readonly waiting: Set<Activation>;
}

/** Keeps the types of remote functions that have been called or that a commit holds. */
export class RemoteTypes {
  readonly #host: InvocationHost;
  readonly #types = new Map<string, RemoteType>();

  constructor(host: InvocationHost) {
    this.#host = host;
  }

  ensure(type: string): RemoteType {
    let found = this.#types.get(type);
    if (found === undefined) {
      const metrics = new RemoteMetrics(type, this.#host);
      found = { states: new RemoteStates(type), metrics, discovering: undefined, waiting: new Set() };
      this.#types.set(type, found);
    }
    return found;
  }

  restore(type: string, specs: readonly StateSpec[]): void {
    this.ensure(type).states.restore(specs);
  }
}
