/** The value of an option that is a whole number. */
export function toCount(name: string, text: string): number {
  const count = Number(text);
  if (Number.isSafeInteger(count) && count > 0) return count;
  throw new Error(`--${name} is a number from 1 on, not "${text}"`);
}
