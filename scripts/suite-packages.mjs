// Installs the packages that only one suite or tool needs. Its folder has its own package.json and lock file, so that `npm ci` in the project does
// not download them.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Folders with their own packages. scripts/complete-lock-file.mjs completes their lock files, too. */
export const suiteFolders = [
  'benchmarks',
  'benchmarks/node-versions',
  'benchmarks/peers/restate',
  'scripts/api-checks',
  'scripts/docker-lint',
  'scripts/envelope-generator',
  'test/request-reply/serving/http/mounts',
];

const triesMax = 3;
/** Pause between two tries, in milliseconds: long enough for a short network failure. */
const pauseMs = 5_000;

/** npm's codes for a package.json and a lock file that do not fit together. That is a mistake in the project; another try cannot help. */
const mistakeInProject = /npm error code (?:EUSAGE|EJSONPARSE)/;

/**
 * Installs the packages of a folder unless they are there already. Returns undefined, or the reason why they could not be downloaded in three
 * tries. Throws when the lock file does not fit the package.json.
 */
export async function installPackages(folder) {
  const stamp = join(folder, 'node_modules', '.installed-from');
  const wanted = createHash('sha256')
    .update(readFileSync(join(folder, 'package-lock.json')))
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return undefined;
  for (let tries = 1; ; tries += 1) {
    const problem = runNpmCi(folder);
    if (problem === undefined) break;
    if (mistakeInProject.test(problem)) throw new Error(`npm ci in ${folder} failed:\n${problem}`);
    if (tries === triesMax) return reasonIn(problem);
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
  writeFileSync(stamp, wanted);
  return undefined;
}

/** Returns the output of npm if it failed. No package here needs its install script: binaries come as packages. */
function runNpmCi(folder) {
  // Without this, npm retries for minutes.
  const command = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', '--fetch-retries=0'];
  const { status, stdout, stderr, error } = spawnSync('npm', command, {
    cwd: folder,
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  return status === 0 ? undefined : `${error ?? ''}${stdout ?? ''}${stderr ?? ''}`;
}

function reasonIn(problem) {
  const lines = problem.split('\n').filter((line) => line.trim() !== '');
  const telling = lines.find((line) => /npm error (?!code\b|errno\b|syscall\b)/.test(line)) ?? lines[0] ?? 'npm ci failed';
  return telling.replace('npm error ', '').trim().slice(0, 200);
}
