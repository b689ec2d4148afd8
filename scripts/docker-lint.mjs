// Checks what needs no Docker to be checked: docker-compose.yml with dclint, shell scripts with bash -n and, where it is installed, shellcheck.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { installPackages } from './suite-packages.mjs';

const linter = 'scripts/docker-lint';

const shellScripts = ['.ci/run', ...['scripts', 'localstack'].flatMap(findShellScripts)];

const failures = [await checkCompose(), ...shellScripts.map((script) => run('bash', ['-n', script])), checkShell()].filter(
  (output) => output !== undefined,
);

if (failures.length > 0) {
  console.error(failures.join('\n'));
  process.exitCode = 1;
}

async function checkCompose() {
  const reason = await installPackages(linter);
  if (reason === undefined) return run(`${linter}/node_modules/.bin/dclint`, ['--max-warnings', '0', 'docker-compose.yml']);
  console.log(`skipped: docker-compose.yml is not checked (${reason})`);
  return undefined;
}

function checkShell() {
  if (spawnSync('shellcheck', ['--version']).error === undefined) return run('shellcheck', shellScripts);
  console.log('skipped: shellcheck is not installed');
  return undefined;
}

/** What the command printed, if it failed. */
function run(command, args) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
  return status === 0 ? undefined : `${command} ${args.join(' ')}\n${error ?? ''}${stdout}${stderr}`;
}

function findShellScripts(folder) {
  return readdirSync(folder, { recursive: true })
    .filter((name) => name.endsWith('.sh'))
    .map((name) => join(folder, name));
}
