import { nextTick } from 'node:process';

/** Resolves when no microtask is left. Work that has not ended by then waits for something else. */
export function drained(): Promise<void> {
  return new Promise((resolve) => nextTick(resolve));
}
