/**
 * Adds items at the end of a list, however many there are. `list.push(...items)` passes every item as an argument, and past some 120,000
 * arguments the stack is full.
 */
export function appendAll<T>(list: T[], items: Iterable<T>): void {
  for (const item of items) list.push(item);
}
