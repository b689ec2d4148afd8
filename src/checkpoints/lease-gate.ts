import type { Logger } from '../shared/logger.ts';
import { isLeased, noLease, type LeaseState } from './lease.ts';
import type { Pacing } from './pacing.ts';

export interface LeaseGateOptions {
  readonly pacing: Pacing;
  readonly logger: Logger;
  /** Asks for a renewal now. */
  readonly renew: () => void;
}

/**
 * Lets commits and egress records pass while the lease is held.
 *
 * CHECKPOINT-G1. Nothing that begins after the end of the lease passes before a renewal, and nothing ever after another engine has taken it.
 */
export class LeaseGate {
  readonly #options: LeaseGateOptions;
  #state = noLease;
  #waiting: { readonly resolve: () => void; readonly reject: (error: Error) => void }[] = [];
  #closed: Error | undefined;
  #lost: Error | undefined;
  #onLost: ((error: Error) => void) | undefined;

  constructor(options: LeaseGateOptions) {
    this.#options = options;
  }

  /** Whether the lease may be used now. */
  get open(): boolean {
    return this.#closed === undefined && isLeased(this.#state, this.#options.pacing);
  }

  /** Sets what is called once the lease is lost. */
  set onLost(lost: (error: Error) => void) {
    this.#onLost = lost;
    if (this.#lost !== undefined) lost(this.#lost);
  }

  /** Resolves when the lease may be used. Rejects when it is lost, or the engine stops. */
  passed(): Promise<void> {
    if (this.open) return Promise.resolve();
    if (this.#closed !== undefined) return Promise.reject(this.#closed);
    if (this.#waiting.length === 0)
      this.#options.logger.error('the lease could not be renewed in time; nothing is committed and nothing is sent until it is');
    this.#options.renew();
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  /** Takes over what the lease reports. */
  update(state: LeaseState): void {
    this.#state = state;
    if (state.lost !== undefined) this.lose(state.lost);
    else if (this.open && this.#waiting.length > 0) {
      this.#options.logger.info('the lease is renewed; the engine continues');
      for (const { resolve } of this.#waiting.splice(0)) resolve();
    }
  }

  /** The lease is lost: lets nothing pass any more, and says so. */
  lose(error: Error): void {
    if (this.#lost !== undefined) return;
    this.#lost = error;
    this.close(error);
    this.#onLost?.(error);
  }

  /** Lets nothing pass any more. */
  close(error: Error): void {
    this.#closed ??= error;
    for (const { reject } of this.#waiting.splice(0)) reject(error);
  }
}
