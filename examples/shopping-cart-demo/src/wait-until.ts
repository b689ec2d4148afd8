import { setTimeout } from 'node:timers/promises';

export interface WaitOptions {
  /** Completes "waited … for". */
  readonly what: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** Resolves once the condition holds. Rejects after the time-out, saying what did not happen, and with the reason of an aborted signal. */
export async function waitUntil(condition: () => boolean, { what, timeoutMs, signal }: WaitOptions): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`waited ${timeoutMs / 1000} s for ${what}`);
    await setTimeout(20, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
}
