// npm run types:packed: packs the built package and checks what package.json and its declarations say, with publint and are-the-types-wrong.
// It builds nothing: packing runs no script. Where are-the-types-wrong cannot be downloaded, it prints "skipped:" and the reason.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installPackages } from './suite-packages.mjs';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));

const suite = 'scripts/api-checks';
const folder = mkdtempSync(join(tmpdir(), 'statefun-packed-'));
try {
  run('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder]);
  const tarball = join(folder, readdirSync(folder)[0]);
  run(process.execPath, ['node_modules/publint/src/cli.js', 'run', tarball, '--strict']);
  const reason = await installPackages(suite);
  if (reason === undefined) {
    const cli = `${suite}/node_modules/@arethetypeswrong/cli/dist/index.js`;
    run(process.execPath, [cli, tarball, '--profile', 'esm-only', '--format', 'ascii']);
  } else {
    console.log(`skipped: are-the-types-wrong (${reason})`);
  }
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function run(command, args) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${error?.message ?? ''}\n${stdout ?? ''}${stderr ?? ''}`);
}
