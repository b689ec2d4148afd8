import { existsSync, readFileSync } from 'node:fs';
import { SourceMap, type SourceMapPayload } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { FindSource } from './profile.ts';

/** Finds the sources of bundled functions by the source maps beside the bundles. A function without one stays where it is. */
export function findBundled(): FindSource {
  const maps = new Map<string, SourceMap | undefined>();
  return ({ url, lineNumber, columnNumber }) => {
    const here = { path: url, line: lineNumber + 1 };
    if (!url.startsWith('file:')) return here;
    if (!maps.has(url)) maps.set(url, mapOf(fileURLToPath(url)));
    const entry = maps.get(url)?.findEntry(lineNumber, columnNumber);
    // Paths in a map are relative to it: only their end matters.
    return entry !== undefined && 'originalSource' in entry ? { path: entry.originalSource, line: entry.originalLine + 1 } : here;
  };
}

function mapOf(path: string): SourceMap | undefined {
  // What is not the framework has its path as its part.
  if (!path.includes('/dist/') || path.includes('/benchmarks/') || path.includes('/examples/') || !existsSync(`${path}.map`))
    return undefined;
  return new SourceMap(JSON.parse(readFileSync(`${path}.map`, 'utf8')) as SourceMapPayload);
}
