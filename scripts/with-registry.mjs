// node scripts/with-registry.mjs <what> <command> [arguments]: runs the command if the package registry responds to one of three tries. Otherwise
// it prints "skipped: <what>" and exits with 0. For tests that install packages as a user does: a registry that cannot be reached is no failure of
// the project.
import { spawnSync } from 'node:child_process';

const [what, command, ...rest] = process.argv.slice(2);
const triesMax = 3;
const pauseMs = 5_000;

/** Whether the registry responds. The package is one that every run needs. */
function registryAnswers() {
  return spawnSync('npm', ['view', 'typescript', 'version', '--prefer-online'], { stdio: 'ignore', timeout: 60_000 }).status === 0;
}

let answers = registryAnswers();
for (let tries = 1; !answers && tries < triesMax; tries += 1) {
  await new Promise((resolve) => setTimeout(resolve, pauseMs));
  answers = registryAnswers();
}
if (answers) {
  process.exitCode = spawnSync(command, rest, { stdio: 'inherit' }).status ?? 1;
} else {
  console.log(`skipped: ${what} (the package registry did not answer ${triesMax} times)`);
}
