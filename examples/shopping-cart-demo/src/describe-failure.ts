/** An error and what caused it, for people: no stacks. */
export function describeFailure(thrown: unknown): string {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  return error.cause === undefined ? error.message : `${error.message}\n  Cause: ${describeFailure(error.cause)}`;
}
