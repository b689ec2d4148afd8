/** Whether `await` would wait for the value: it has a method `then`, and is an object or a function. Throws what reading `then` throws. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  if ((typeof value !== 'object' || value === null) && typeof value !== 'function') return false;
  return typeof (value as { readonly then?: unknown }).then === 'function';
}

/** Waits for a value exactly as `await` does, whatever its own `then` and `constructor` are. */
export async function settled(value: unknown): Promise<void> {
  await value;
}

/** Takes care of the rejection of a value that nobody waits for: it would end the process. */
export function ignoreRejection(value: unknown): void {
  settled(value).catch(() => undefined);
}
