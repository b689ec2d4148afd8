// Starts the Python function and the engine, sends three logins, prints the greetings, and stops both.
import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { runGreeter } from '../../scripts/greeter-demo.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const python = join(here, '.venv', process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
const downloadTriesMax = 3;

const missing = await findMissing();
if (missing === undefined) await demo();
else console.log(`skipped: ${missing}`);

/** Returns what this machine lacks. Installs the SDK into a virtual environment, once. */
async function findMissing() {
  if (existsSync(join(here, '.venv', 'installed'))) return undefined;
  const installed = process.platform === 'win32' ? 'python' : 'python3';
  if (!run(installed, ['-c', 'import ensurepip, venv'])) return 'there is no Python with venv on this machine, see https://www.python.org';
  console.log('Installing the StateFun SDK for Python into .venv …');
  if (!run(installed, ['-m', 'venv', '.venv'])) throw new Error('no virtual environment can be made in .venv');
  const install = ['-m', 'pip', 'install', '--quiet', '--retries', '1', '--disable-pip-version-check', '-r', 'requirements.txt'];
  for (let attempt = 1; !run(python, install); attempt += 1) {
    if (attempt === downloadTriesMax) return 'the StateFun SDK for Python cannot be downloaded';
    await sleep(2_000);
  }
  writeFileSync(join(here, '.venv', 'installed'), '');
  return undefined;
}

async function demo() {
  await runGreeter({
    folder: here,
    functions: { what: 'the Python function', command: python, parameters: ['greeter.py'] },
    ports: { functions: 8000, ingress: 8090, egress: 8091 },
    logins: ['Ada', 'Bob', 'Ada'].map((user) => ({ type: 'demo/greeter', user })),
  });
}

/** Runs a command; returns whether it succeeded. */
function run(command, parameters) {
  return spawnSync(command, parameters, { cwd: here, stdio: 'inherit' }).status === 0;
}
