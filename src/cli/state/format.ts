import { printableLine } from '../../shared/text/printable.ts';

/** Formats a count as `12,345`. */
export function formatCount(count: number): string {
  return count.toLocaleString('en-US');
}

/** Formats a count with its noun: `1 entry`, `2 entries`. */
export function countOf(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

/** Formats a size as `512 B` or `1.5 KiB`. */
export function formatBytes(bytes: number): string {
  let unit = 0;
  let size = bytes;
  for (; size >= 1_024 && unit < units.length - 1; unit += 1) size /= 1_024;
  return `${unit === 0 ? size : size.toFixed(1)} ${units[unit] ?? ''}`;
}

/** Widest column. Longer cells exceed their column, so that one long id does not widen all lines. */
const columnWidthMax = 80;

/** Aligns rows of cells in columns, each as wide as its widest cell. */
export function alignRows(rows: readonly (readonly string[])[], indent = '  '): string[] {
  const shown = rows.map((row) => row.map(printableLine));
  const widths: number[] = [];
  for (const row of shown) {
    for (const [column, { length }] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, Math.min(length, columnWidthMax));
  }
  return shown.map((row) => `${indent}${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd());
}

/** Joins lines. Ids and reasons in them cannot break a line in two. */
export function toText(lines: readonly string[]): string {
  return lines.map((line) => `${printableLine(line)}\n`).join('');
}

export function toJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
