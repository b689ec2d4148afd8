import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { toCount } from './count.ts';
import { outputOptions, toFormat, writeReport } from './output.ts';
import { framesOf, partsOf, type CpuProfile, type FindSource } from './profile.ts';
import { formatNotes, formatTable, type TableFormat } from './range.ts';
import { findBundled } from './source-maps.ts';

const extension = '.cpuprofile';

export interface ProfileReport {
  readonly title: string;
  readonly profile: CpuProfile;
  /** Number of functions shown. */
  readonly top: number;
  readonly findSource?: FindSource;
}

/** Prints where the time of CPU profiles went, by part and by function; see BENCHMARKS.md. */
export async function runProfile(parameters: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...parameters],
    allowPositionals: true,
    options: { top: { type: 'string', default: '25' }, ...outputOptions },
  });
  const format = toFormat(values);
  const paths = positionals.flatMap(profilesIn).sort();
  if (paths.length === 0) throw new Error(`npm run bench -- profile PATH …: ${extension} files, or folders with such files`);
  if (format === 'update' && paths.length > 1) throw new Error('--update takes one profile');
  const [top, findSource] = [toCount('top', values.top), findBundled()];
  for (const path of paths) {
    // V8 writes this format.
    const profile = JSON.parse(readFileSync(path, 'utf8')) as CpuProfile;
    const report: ProfileReport = { title: basename(path, extension), profile, top, findSource };
    writeReport('breakdown', report, format, formatProfile);
  }
}

function profilesIn(path: string): readonly string[] {
  if (!statSync(path).isDirectory()) return [path];
  const names = readdirSync(path, { recursive: true, encoding: 'utf8' });
  return names.filter((name) => name.endsWith(extension)).map((name) => join(path, name));
}

/** One profile: its parts, then its functions with the most time of their own. */
export function formatProfile({ title, profile, top, findSource }: ProfileReport, format: TableFormat): string {
  const { work } = profile;
  const frames = framesOf(profile, findSource);
  const parts = partsOf(frames);
  const busyMs = parts.reduce((sum, { selfMs }) => sum + selfMs, 0);
  // The collector's helpers, the writer and the other threads of the process.
  const otherThreads = work === undefined ? [] : [{ part: 'other threads', selfMs: Math.max(0, work.cpuMs - busyMs) }];
  const totalMs = Math.max(busyMs, work?.cpuMs ?? 0);
  const cells = (selfMs: number): string[] => [
    `${((selfMs / totalMs) * 100).toFixed(1)} %`,
    work === undefined ? `${selfMs.toFixed(0)} ms` : `${((selfMs * 1_000) / work.events).toFixed(2)} µs`,
  ];
  const note =
    work === undefined
      ? `${title}: ${busyMs.toFixed(0)} ms busy`
      : `${title}, ${work.date}, Node ${work.node}: ${((totalMs * 1_000) / work.events).toFixed(1)} µs an event`;
  return [
    ...formatNotes([note], format),
    '',
    ...formatTable([['share', 'time', 'part'], ...[...parts, ...otherThreads].map(({ part, selfMs }) => [...cells(selfMs), part])], format),
    '',
    ...formatTable(
      [['share', 'time', 'function', 'part'], ...frames.slice(0, top).map(({ name, part, selfMs }) => [...cells(selfMs), name, part])],
      format,
    ),
    '',
  ].join('\n');
}
