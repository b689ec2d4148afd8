import type { Activation } from './activation.ts';

/** An asynchronous handler, or the call of a remote function, that has not ended. */
export interface Run {
  readonly kind: 'handler' | 'remote';
  readonly activation: Activation;
  /** Whether it has settled or timed out. A later end is ignored. */
  readonly ended: boolean;
  /** Ends it. `failure` is set when its promise was rejected. */
  settled(nowMs: number, failure?: { readonly error: unknown }): void;
}

/** Waits for runs: when the promise has settled, it calls `settled` of the run, as a step of its own. */
export interface RunWatcher<R extends Run = Run> {
  watch(run: R, settling: Promise<void>): void;
}
