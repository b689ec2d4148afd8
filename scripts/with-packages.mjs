// node scripts/with-packages.mjs <folder> <what> <command> [arguments]: installs the packages of a folder (see suite-packages.mjs), then runs the
// command. Where they cannot be downloaded it prints "skipped: <what> (<reason>)" and exits with 0: a registry that cannot be reached is no failure of the project.
import { spawnSync } from 'node:child_process';
import { installPackages } from './suite-packages.mjs';

const [folder, what, command, ...rest] = process.argv.slice(2);

const reason = await installPackages(folder);
if (reason === undefined) {
  process.exitCode = spawnSync(command, rest, { stdio: 'inherit', shell: process.platform === 'win32' }).status ?? 1;
} else {
  console.log(`skipped: ${what} (${reason})`);
}
