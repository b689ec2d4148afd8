import type { Outcome } from './outcome.ts';

export type Result =
  | ({ readonly kind: 'passed' } & Outcome)
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'skipped'; readonly what: string };

export interface Row {
  readonly title: string;
  readonly result: Result;
}

export function formatReport(rows: readonly Row[]): string {
  const cells = rows.map(({ title, result }) => [title, ...figuresOf(result), result.kind === 'passed' ? 'exact' : result.kind]);
  const table = [['pair', 'messages', 'failures injected', 'time', 'messages/s', 'result'], ...cells];
  const widths = (table[0] ?? []).map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  const lines = table.map((row) =>
    row.map((cell, column) => (column === 0 || column === 5 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))),
  );
  const count = (kind: Result['kind']): number => rows.filter(({ result }) => result.kind === kind).length;
  return [
    ...lines.map((line) => line.join('  ').trimEnd()),
    '',
    `${count('passed')} passed, ${count('failed')} failed, ${count('skipped')} skipped`,
  ].join('\n');
}

function figuresOf(result: Result): string[] {
  if (result.kind !== 'passed') return ['-', '-', '-', '-'];
  const { messages, failuresInjected, durationMs } = result;
  return [
    messages.toLocaleString('en'),
    String(failuresInjected),
    `${(durationMs / 1_000).toFixed(1)} s`,
    Math.round(messages / (durationMs / 1_000)).toLocaleString('en'),
  ];
}
