// npm run build: compiles the framework to dist/ and bundles it, then compiles the examples.
//
//   node scripts/build.mjs [--if-needed] [example …]      the framework and these examples; without a name, all that are built
//
// With --if-needed, a build of the present sources is kept; that check takes a tenth of a second. A file beside each build has the digest of its
// sources. The framework is compiled into another folder, which then replaces dist/. So a process that runs meanwhile never sees half a build,
// nothing stays of removed sources, and a failed build changes nothing.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));

const { values, positionals } = parseArgs({ options: { 'if-needed': { type: 'boolean', default: false } }, allowPositionals: true });
const ifNeeded = values['if-needed'];
const examples = positionals.length > 0 ? positionals : readdirSync('examples').filter(isBuilt).sort();
const digestName = '.built-from';

/** Thrown when a command ends with a status other than 0. */
class CommandFailure extends Error {
  constructor(status) {
    super(`a command ended with ${status}`);
    this.status = status;
  }
}

const tools = ['package-lock.json', 'scripts/build.mjs', 'scripts/bundle.mjs', 'node_modules/typescript/package.json'];
const frameworkDigest = digestOf(['src', 'tsconfig.json', 'tsconfig.build.json', ...tools]);
try {
  await build('the framework', 'dist', frameworkDigest, buildFramework);
  for (const example of examples) await buildExample(`examples/${example}`);
} catch (error) {
  // The compiler has printed the mistakes.
  if (!(error instanceof CommandFailure)) throw error;
  process.exitCode = error.status;
}

async function buildExample(folder) {
  const inputs = ['src', 'test', 'tsconfig.json', 'package.json'].map((name) => `${folder}/${name}`);
  const digest = digestOf(inputs, frameworkDigest);
  await build(folder, `${folder}/dist`, digest, () => {
    run('npm', ['run', '--silent', 'build', '--workspace', folder]);
    writeFileSync(join(folder, 'dist', digestName), digest);
  });
}

async function build(what, output, digest, compile) {
  const stamp = join(output, digestName);
  if (ifNeeded && existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return;
  // On standard error, since a program may read the output of `npm start --silent`.
  if (ifNeeded) console.error(`Building ${what}, which takes some seconds and is not done again until its sources change ...`);
  await compile();
}

async function buildFramework() {
  const [next, last] = [`dist.next-${process.pid}`, `dist.last-${process.pid}`];
  removeLeftovers();
  try {
    run(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json', '--outDir', next]);
    // Imported here: a build that is not needed must not wait for the bundler.
    const { bundle } = await import('./bundle.mjs').catch(notInstalled);
    await bundle(resolve(next), [...entryPoints(), ...workers()]);
    writeFileSync(join(next, digestName), frameworkDigest);
    if (existsSync('dist')) renameSync('dist', last);
    renameSync(next, 'dist');
  } finally {
    for (const folder of [next, last]) rmSync(folder, { recursive: true, force: true });
  }
}

function notInstalled(error) {
  if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
  console.error(`${error.message.split('\n')[0]}\nPackages that the build needs are not installed: npm ci`);
  throw new CommandFailure(1);
}

/** Every source directly in src/ is an entry point of the package. */
function entryPoints() {
  return readdirSync('src')
    .filter((name) => name.endsWith('.ts'))
    .map((name) => name.slice(0, -'.ts'.length));
}

/** Threads start with modules that nothing imports. */
function workers() {
  return readdirSync('src', { recursive: true })
    .filter((path) => path.endsWith('-worker.ts'))
    .map((path) => path.slice(0, -'.ts'.length).replaceAll('\\', '/'));
}

/** Removes the folders of interrupted builds. */
function removeLeftovers() {
  for (const name of readdirSync('.')) {
    const pid = /^dist\.(?:next|last)-(\d+)$/.exec(name)?.[1];
    if (pid !== undefined && !isRunning(Number(pid))) rmSync(name, { recursive: true, force: true });
  }
}

function isRunning(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function run(command, parameters) {
  const { status, error } = spawnSync(command, parameters, { stdio: 'inherit', shell: process.platform === 'win32' && command === 'npm' });
  if (error !== undefined) throw error;
  if (status !== 0) throw new CommandFailure(status ?? 1);
}

function isBuilt(example) {
  const manifest = `examples/${example}/package.json`;
  return existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).scripts?.build !== undefined;
}

/** Digest of names and contents. Times mean nothing after a checkout or a copy. */
function digestOf(paths, more = '') {
  const hash = createHash('sha256').update(more);
  for (const path of paths.filter((path) => existsSync(path)).flatMap(filesIn)) {
    const bytes = readFileSync(path);
    hash.update(`${path}\n${bytes.length}\n`).update(bytes);
  }
  return hash.digest('hex');
}

/** Returns the path itself, or every file below it. */
function filesIn(path) {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path)
    .flatMap((name) => filesIn(`${path}/${name}`))
    .sort();
}
