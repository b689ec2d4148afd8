import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { toCount } from './count.ts';
import { framesOf, partsOf, type CpuProfile } from './profile.ts';
import { alignColumns } from './range.ts';

const extension = '.cpuprofile';

/** Prints where the time of CPU profiles went, by part and by function; see BENCHMARKS.md. */
export async function runProfile(parameters: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...parameters],
    allowPositionals: true,
    options: { top: { type: 'string', default: '25' }, events: { type: 'string' } },
  });
  const [folder] = positionals;
  if (folder === undefined) throw new Error('npm run bench -- profile FOLDER: the folder that --cpu-profile wrote');
  const events = values.events === undefined ? undefined : toCount('events', values.events);
  const top = toCount('top', values.top);
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith(extension));
  if (paths.length === 0) throw new Error(`there is no ${extension} file in ${folder}`);
  for (const path of paths.sort()) {
    // V8 writes this format.
    const profile = JSON.parse(readFileSync(join(folder, path), 'utf8')) as CpuProfile;
    console.log(formatProfile(path, profile, { top, events }));
  }
}

interface ProfileFormat {
  readonly top: number;
  /** Number of events that the process handled, to show times an event. */
  readonly events: number | undefined;
}

function formatProfile(path: string, profile: CpuProfile, { top, events }: ProfileFormat): string {
  const frames = framesOf(profile);
  const parts = partsOf(frames);
  const totalMs = parts.reduce((sum, { selfMs }) => sum + selfMs, 0);
  const cells = (selfMs: number): string[] => [
    `${((selfMs / totalMs) * 100).toFixed(1)} %`,
    events === undefined ? `${selfMs.toFixed(0)} ms` : `${((selfMs * 1_000) / events).toFixed(2)} µs`,
  ];
  return [
    `${path}: ${totalMs.toFixed(0)} ms busy`,
    ...alignColumns(parts.map(({ part, selfMs }) => [...cells(selfMs), part])),
    '',
    ...alignColumns(frames.slice(0, top).map(({ name, part, selfMs }) => [...cells(selfMs), name, part])),
    '',
  ].join('\n');
}
