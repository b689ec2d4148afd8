import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { toCount } from './count.ts';
import { framesOf, partsOf, type CpuProfile, type FindSource } from './profile.ts';
import { findBundled } from './source-maps.ts';
import { alignColumns } from './range.ts';

const extension = '.cpuprofile';

/** Prints where the time of CPU profiles went, by part and by function; see BENCHMARKS.md. */
export async function runProfile(parameters: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...parameters],
    allowPositionals: true,
    options: { top: { type: 'string', default: '25' } },
  });
  const [folder] = positionals;
  if (folder === undefined) throw new Error('npm run bench -- profile FOLDER: the folder that --cpu-profile wrote');
  const top = toCount('top', values.top);
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith(extension));
  if (paths.length === 0) throw new Error(`there is no ${extension} file in ${folder}`);
  const findSource = findBundled();
  for (const path of paths.sort()) {
    // V8 writes this format.
    const profile = JSON.parse(readFileSync(join(folder, path), 'utf8')) as CpuProfile;
    console.log(formatProfile(path, profile, { top, findSource }));
  }
}

export interface ProfileFormat {
  /** Number of functions shown. */
  readonly top: number;
  readonly findSource?: FindSource;
}

/** One profile: its parts, then its functions with the most time of their own. */
export function formatProfile(title: string, profile: CpuProfile, { top, findSource }: ProfileFormat): string {
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
  const total = work === undefined ? `${busyMs.toFixed(0)} ms busy` : `${((totalMs * 1_000) / work.events).toFixed(1)} µs an event`;
  return [
    `${title}: ${total}`,
    ...alignColumns([...parts, ...otherThreads].map(({ part, selfMs }) => [...cells(selfMs), part])),
    '',
    ...alignColumns(frames.slice(0, top).map(({ name, part, selfMs }) => [...cells(selfMs), name, part])),
    '',
  ].join('\n');
}
