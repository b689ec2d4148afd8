import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Skipped } from './outcome.ts';
import { ManagedProcess, type ProcessOptions } from './processes.ts';

/** The folder interop/ of the project. */
export const interopFolder = new URL('../..', import.meta.url).pathname;

export interface Installation {
  /** What is missing when it cannot be downloaded. */
  readonly what: string;
  readonly folder: string;
  /** Files and folders in the folder; when they have not changed since the last time, nothing is done. */
  readonly inputs: readonly string[];
  /** Relative to the folder; written when everything is there. */
  readonly stamp: string;
  readonly steps: readonly Step[];
}

export interface Step extends ProcessOptions {
  readonly command: readonly string[];
  /** Whether it may need the network: tried three times, and then skipped. Any other step that fails is our fault. */
  readonly downloads: boolean;
  /** A download that prints this has failed for a reason of ours. */
  readonly faultOfOurs?: RegExp;
}

const triesMax = 3;
const retryDelayMs = 2_000;

const installed = new Map<string, Promise<void>>();

/** Once for each folder: what could not be had for one pair is not tried again for the next. */
export function install(installation: Installation): Promise<void> {
  const { folder } = installation;
  const started = installed.get(folder) ?? installNow(installation);
  installed.set(folder, started);
  return started;
}

async function installNow({ what, folder, inputs, stamp, steps }: Installation): Promise<void> {
  const stampPath = join(folder, stamp);
  const digest = digestOf(folder, inputs);
  if (existsSync(stampPath) && readFileSync(stampPath, 'utf8') === digest) return;
  for (const step of steps) await runStep(what, { cwd: folder, ...step });
  mkdirSync(dirname(stampPath), { recursive: true });
  writeFileSync(stampPath, digest);
}

async function runStep(what: string, step: Step): Promise<void> {
  const tries = step.downloads ? triesMax : 1;
  for (let attempt = 1; ; attempt += 1) {
    const lines = { ...reasons, fault: step.faultOfOurs ?? /(?!)/ };
    const running = new ManagedProcess(step.command.join(' '), step.command, { ...step, lines });
    const result = await running.end();
    if (result === '0') return;
    if (result.includes('ENOENT')) throw new Skipped(`${what} (there is no ${step.command[0] ?? ''} on this machine)`);
    if (!step.downloads || running.seen('fault').count > 0) {
      throw new Error(`"${running.name}" ended with ${result}:\n${running.output}`);
    }
    if (attempt === tries) throw new Skipped(`${what} (${reasonOf(running)})`);
    await new Promise((resolve) => setTimeout(resolve, retryDelayMs));
  }
}

/** Lines that tell why a download failed; of each the first is the cause of the others. */
const reasons = {
  missing: /could not be resolved: ([^\s,]+)|Could not find artifact (\S+)/,
  telling: /could not|unable|not found|no matching|error/i,
};

/** Why a download failed: what Maven did not find, or the first line that says what went wrong, or else the last one. */
function reasonOf(running: ManagedProcess): string {
  const missing = reasons.missing.exec(running.seen('missing').first ?? '');
  if (missing !== null) return `${missing[1] ?? missing[2] ?? ''} cannot be found`;
  const lines = running.output.split('\n').filter((line) => line.trim() !== '');
  const telling = running.seen('telling').first ?? lines.at(-1) ?? 'no output';
  return telling.trim().slice(0, 200);
}

function digestOf(folder: string, inputs: readonly string[]): string {
  const hash = createHash('sha256');
  for (const input of inputs) addToHash(join(folder, input));
  return hash.digest('hex');

  function addToHash(path: string): void {
    if (statSync(path).isDirectory()) {
      for (const name of readdirSync(path).sort()) addToHash(join(path, name));
    } else {
      hash.update(path).update(readFileSync(path));
    }
  }
}
