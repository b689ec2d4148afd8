/** Several measurements of the same thing. */
export interface Range {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

export function rangeOf(values: readonly number[]): Range {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (index: number): number => sorted[index] ?? Number.NaN;
  const middle = (sorted.length - 1) / 2;
  return { median: (at(Math.floor(middle)) + at(Math.ceil(middle))) / 2, min: at(0), max: at(sorted.length - 1) };
}

/** `12.3 (11.8-12.9)`. */
export function formatRange({ median, min, max }: Range, format: (value: number) => string): string {
  return Number.isNaN(median) ? '-' : `${format(median)} (${format(min)}-${format(max)})`;
}
