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

/** `12.3 (11.8-12.9)`, or `12.3` when there is one value only. */
export function formatRange({ median, min, max }: Range, format: (value: number) => string): string {
  if (Number.isNaN(median)) return '-';
  return min === max ? format(median) : `${format(median)} (${format(min)}-${format(max)})`;
}

export function formatNumber(value: number): string {
  if (value >= 10_000) return `${(value / 1_000).toFixed(1)}k`;
  if (Number.isInteger(value)) return String(value);
  if (value >= 100) return value.toFixed(0);
  return value.toFixed(value >= 10 ? 1 : 2);
}

/** How tables are written: with spaces between the columns, or for BENCHMARKS.md. */
export type TableFormat = 'text' | 'markdown';

/** Lines about a report: as they are, or as a list. */
export function formatNotes(lines: readonly string[], format: TableFormat): readonly string[] {
  return format === 'text' ? lines : lines.map((line) => `- ${line}`);
}

/** The first row is the head. */
export function formatTable(rows: readonly (readonly string[])[], format: TableFormat): readonly string[] {
  if (format === 'text') return alignColumns(rows);
  const [head = [], ...body] = rows;
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), `|${'---|'.repeat(head.length)}`, ...body.map(line)];
}

export function alignColumns(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
