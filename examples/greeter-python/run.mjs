// Starts the Python function and the engine, sends three logins, prints the greetings, and stops both.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
const statefun = fileURLToPath(new URL('../../bin/statefun.js', import.meta.url));
const python = join(here, '.venv', process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
const logins = ['Ada', 'Bob', 'Ada'];
const started = [];

try {
  install();
  await start('the Python function', python, ['greeter.py'], 8000);
  await start('the engine', process.execPath, [statefun, 'run', 'module.yaml'], 8090);
  for (const user of logins) await login(user);
  for (let read = 0; read < logins.length; read += 1) console.log(await nextGreeting());
} finally {
  await stop();
}

/** Makes a virtual environment of Python with the SDK, once. */
function install() {
  if (existsSync(join(here, '.venv', 'installed'))) return;
  console.log('Installing the StateFun SDK for Python into .venv …');
  run(process.platform === 'win32' ? 'python' : 'python3', ['-m', 'venv', '.venv']);
  run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', 'requirements.txt']);
  run(python, ['-c', "open('.venv/installed', 'w').close()"]);
}

function run(command, parameters) {
  const { status, error } = spawnSync(command, parameters, { cwd: here, stdio: 'inherit' });
  if (status !== 0) throw error ?? new Error(`${command} ${parameters.join(' ')} ended with ${status}`);
}

async function start(what, command, parameters, port) {
  if (await listens(port)) throw new Error(`something listens on port ${port} already, which ${what} needs`);
  const child = spawn(command, parameters, { cwd: here, stdio: 'inherit' });
  started.push(child);
  for (let waited = 0; !(await listens(port)); waited += 50) {
    if (child.exitCode !== null) throw new Error(`${what} ended with ${child.exitCode}`);
    if (waited > 30_000) throw new Error(`${what} does not listen on port ${port}`);
    await sleep(50);
  }
}

/** Whether something answers there, whatever it says. */
async function listens(port) {
  return fetch(`http://127.0.0.1:${port}/`).then(
    () => true,
    () => false,
  );
}

async function login(user) {
  const headers = { 'content-type': 'application/vnd.demo/LoginEvent' };
  const body = JSON.stringify({ user_name: user });
  const { status } = await fetch(`http://127.0.0.1:8090/demo/greeter/${user}`, { method: 'PUT', headers, body });
  if (status !== 200) throw new Error(`the login of ${user} was answered with ${status}`);
}

async function nextGreeting() {
  for (let waited = 0; waited < 30_000; waited += 50) {
    const response = await fetch('http://127.0.0.1:8091/greetings');
    if (response.status === 200) return response.text();
    await sleep(50);
  }
  throw new Error('a greeting is missing');
}

async function stop() {
  for (const child of started.reverse()) {
    if (child.exitCode !== null) continue;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await ended;
  }
}
