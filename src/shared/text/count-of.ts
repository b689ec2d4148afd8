/** Returns a count and its noun, such as `1 mistake` or `3 mistakes`. */
export function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
