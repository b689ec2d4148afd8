// Builds the Go function, starts it and the engine, sends three logins, prints the greetings, and stops both.
import { spawn, spawnSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
const statefun = fileURLToPath(new URL('../../bin/statefun.js', import.meta.url));
const greeter = process.platform === 'win32' ? 'build/greeter.exe' : 'build/greeter';
const downloadTriesMax = 3;
const waitMsMax = 30_000;
const started = [];

const missing = await findMissing();
if (missing === undefined) await demo();
else console.log(`skipped: ${missing}`);

/** What this machine lacks. The SDK is downloaded into Go's own cache, once. */
async function findMissing() {
  if (spawnSync('go', ['version']).error !== undefined) return 'there is no Go on this machine, see https://go.dev/dl';
  for (let attempt = 1; spawnSync('go', ['mod', 'download'], { cwd: here, stdio: 'inherit' }).status !== 0; attempt += 1) {
    if (attempt === downloadTriesMax) return 'the StateFun SDK for Go cannot be downloaded';
    await sleep(2_000);
  }
  return undefined;
}

async function demo() {
  run('go', ['build', '-o', greeter, '.']);
  try {
    await start('the Go function', fileURLToPath(new URL(greeter, import.meta.url)), [], 8020);
    await start('the engine', process.execPath, [statefun, 'run', 'module.yaml'], 8094);
    for (const user of ['Ada', 'Bob', 'Ada']) console.log(await login(user));
  } finally {
    await stop();
  }
}

function run(command, parameters) {
  const { status, error } = spawnSync(command, parameters, { cwd: here, stdio: 'inherit' });
  if (status !== 0) throw error ?? new Error(`${command} ${parameters.join(' ')} ended with ${status}`);
}

async function start(what, command, parameters, port) {
  if (await listens(port)) throw new Error(`something listens on port ${port} already, which ${what} needs`);
  const child = spawn(command, parameters, { cwd: here, stdio: 'inherit' });
  started.push(child);
  for (let waitedMs = 0; !(await listens(port)); waitedMs += 50) {
    if (child.exitCode !== null) throw new Error(`${what} ended with ${child.exitCode}`);
    if (waitedMs > waitMsMax) throw new Error(`${what} does not listen on port ${port}`);
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

/** Sends the login of a user, and answers with the greeting that comes out. */
async function login(user) {
  const headers = { 'content-type': 'application/vnd.demo/LoginEvent' };
  const body = JSON.stringify({ user_name: user });
  const { status } = await fetch(`http://127.0.0.1:8094/demo/greeter/${user}`, { method: 'PUT', headers, body });
  if (status !== 200) throw new Error(`the login of ${user} was answered with ${status}`);
  for (let waitedMs = 0; waitedMs < waitMsMax; waitedMs += 50) {
    const response = await fetch('http://127.0.0.1:8095/greetings');
    if (response.status === 200) return response.text();
    await sleep(50);
  }
  throw new Error(`the greeting of ${user} is missing`);
}

async function stop() {
  for (const child of started.reverse()) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await ended;
  }
}
