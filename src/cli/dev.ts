import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { StopSignals } from '../application/running/stop-signals.ts';
import { StatefunError } from '../shared/errors.ts';
import { packageFile } from '../shared/package-folder.ts';
import { delay } from '../shared/time/timers.ts';
import { DevSession, type StartedApplication } from './dev/dev-session.ts';
import { changeBetween, readFileStates } from './dev/watched-files.ts';
import { moreHelp } from './more-help.ts';
import type { Output } from './output.ts';
import type { TakeSignals } from './signals.ts';

/** Interval between reads of the sources, in milliseconds. Some hundred files take a few milliseconds. */
const lookIntervalMs = 300;

const command = fileURLToPath(packageFile('bin/statefun.js'));

/** `statefun dev <folder>`: builds and runs a project, and repeats that after every change of its sources. */
export function devCommand(output: Output, takeSignals: TakeSignals): Command {
  return new Command('dev')
    .description('build and run an application, again whenever its sources or settings change; its state is kept')
    .argument('<folder>', 'a folder with a package.json that has a script "build"')
    .argument('[options...]', 'after --: options of statefun run')
    .addHelpText(
      'after',
      moreHelp({
        text: 'TypeScript, tsconfig.json and package.json are built again, application.yaml and .env read again. NODE_ENV is "development" unless it is set.',
        examples: ['statefun dev .', 'statefun dev . -- --profile local --set logging.level=debug'],
        exitCodes: { 0: 'stopped by a signal', 1: 'the project has no script "build"' },
      }),
    )
    .action(async (folder: string, parameters: readonly string[]) => {
      const signals = new StopSignals(process, takeSignals());
      try {
        await dev(resolve(folder), parameters, output, signals);
      } finally {
        signals.over();
      }
    });
}

async function dev(folder: string, parameters: readonly string[], output: Output, signals: StopSignals): Promise<void> {
  await ensureBuildScript(folder);
  const interrupt = new AbortController();
  const say = (text: string): void => output.err(`dev: ${text}\n`);
  const session = new DevSession({
    build: async () => {
      say('building');
      return (await ended(spawn('npm', ['run', '--silent', 'build'], { cwd: folder, stdio: ['ignore', 2, 2], shell: onWindows }))) === 0;
    },
    start: () => start(folder, parameters),
    say,
  });
  signals.whenAsked({ stop: () => interrupt.abort(), busyWith: () => 'the application' });
  let files = await readFileStates(folder);
  await session.apply('build');
  while (!interrupt.signal.aborted) {
    await delay(lookIntervalMs);
    const before = files;
    files = await readFileStates(folder);
    if (!interrupt.signal.aborted) await session.apply(changeBetween(before, files));
  }
  await session.stop();
}

const onWindows = process.platform === 'win32';

function start(folder: string, parameters: readonly string[]): StartedApplication {
  const child = spawn(process.execPath, ['--enable-source-maps', command, 'run', folder, ...parameters], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, NODE_ENV: process.env['NODE_ENV'] ?? 'development' },
    // Ctrl-C reaches the whole process group of a terminal; the application gets its one signal from here.
    detached: !onWindows,
  });
  const whenEnded = ended(child).then(() => undefined);
  const killed = (): void => void child.kill('SIGKILL');
  // A process that has to exit ends its application, too.
  process.once('exit', killed);
  void whenEnded.then(() => process.off('exit', killed));
  return { ended: whenEnded, stop: () => void child.kill('SIGTERM') };
}

async function ended(child: ReturnType<typeof spawn>): Promise<number | null> {
  const [code] = (await once(child, 'close')) as [number | null];
  return code;
}

async function ensureBuildScript(folder: string): Promise<void> {
  const file = join(folder, 'package.json');
  const text = await readFile(file, 'utf8').catch(() => '{}');
  const { scripts } = JSON.parse(text) as { readonly scripts?: { readonly build?: string } }; // npm reads it the same way
  if (scripts?.build !== undefined) return;
  throw new StatefunError('BUILD_SCRIPT_MISSING', `${file} has no script "build", or is not there.`, { facts: { file } });
}
