import { readFileSync, writeFileSync } from 'node:fs';
import { projectFolder } from './installed.ts';
import type { TableFormat } from './range.ts';

/** The options of every benchmark that say how its report is written. */
export const outputOptions = {
  json: { type: 'boolean', default: false },
  markdown: { type: 'boolean', default: false },
  update: { type: 'boolean', default: false },
} as const;

/** How a report is written: `json` has every measurement of every round, `update` puts the tables into BENCHMARKS.md. */
export type OutputFormat = TableFormat | 'json' | 'update';

interface OutputValues {
  readonly json: boolean;
  readonly markdown: boolean;
  readonly update: boolean;
}

/** The format that the options ask for. */
export function toFormat({ json, markdown, update }: OutputValues): OutputFormat {
  if (update) return 'update';
  if (json) return 'json';
  return markdown ? 'markdown' : 'text';
}

const documentPath = `${projectFolder}benchmarks/BENCHMARKS.md`;

/** Prints a report, or puts it into the region of BENCHMARKS.md that has this name. */
export function writeReport<Report>(
  region: string,
  report: Report,
  outputFormat: OutputFormat,
  format: (report: Report, format: TableFormat) => string,
): void {
  switch (outputFormat) {
    case 'json':
      console.log(JSON.stringify(report, undefined, 2));
      break;
    case 'update':
      writeFileSync(documentPath, replaceRegion(readFileSync(documentPath, 'utf8'), region, format(report, 'markdown')));
      break;
    case 'text':
    case 'markdown':
      console.log(format(report, outputFormat));
  }
}

/** Replaces what is between the lines `<!-- results: name -->` and `<!-- end -->`. Throws when the document has no such region. */
export function replaceRegion(document: string, name: string, content: string): string {
  const begin = `<!-- results: ${name} -->\n`;
  const start = document.indexOf(begin);
  const end = document.indexOf('<!-- end -->', start);
  if (start < 0 || end < 0) throw new Error(`BENCHMARKS.md has no region "${name}"`);
  return `${document.slice(0, start + begin.length)}\n${content}\n\n${document.slice(end)}`;
}

/** Results with different versions of Node have regions of their own: `cart on Node 24`. */
export function regionOf(benchmark: string, nodeVersion: string): string {
  return `${benchmark} on Node ${/^v(\d+)/.exec(nodeVersion)?.[1] ?? nodeVersion}`;
}
