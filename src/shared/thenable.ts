/** Returns whether `await` would wait for the value: an object or function with a method `then`. Throws what reading `then` throws. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  if ((typeof value !== 'object' || value === null) && typeof value !== 'function') return false;
  return typeof (value as { readonly then?: unknown }).then === 'function';
}

/** Waits for a value as `await` does, without using the `constructor` of the value or any method but its `then`. */
export async function settled(value: unknown): Promise<void> {
  await value;
}

/** Handles the rejection of a value that nothing awaits. An unhandled rejection would end the process. */
export function ignoreRejection(value: unknown): void {
  settled(value).catch(() => undefined);
}
