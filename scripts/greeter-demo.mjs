// What the run.mjs of each served greeter runs: starts the functions and the engine, sends logins, prints the greetings, stops both.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const statefun = fileURLToPath(new URL('../bin/statefun.js', import.meta.url));
const waitMsMax = 30_000;
const pollMs = 50;

/**
 * `folder` has the module.yaml, `functions` is the command that serves the functions, `ports` are those of module.yaml, `logins` are sent one
 * after the other. Greetings are printed with their type if there are several.
 */
export async function runGreeter({ folder, functions: { what, command, parameters }, ports, logins }) {
  const started = [];
  const start = (...process) => startProcess(started, folder, ...process);
  const severalTypes = new Set(logins.map(({ type }) => type)).size > 1;
  try {
    await start(what, command, parameters, ports.functions);
    await start('the engine', process.execPath, [statefun, 'run', 'module.yaml'], ports.ingress);
    for (const { type, user } of logins) {
      const greeting = await login(type, user, ports);
      console.log(severalTypes ? `${type}: ${greeting}` : greeting);
    }
  } finally {
    for (const child of started.reverse()) await stop(child);
  }
}

async function startProcess(started, folder, what, command, parameters, port) {
  if (await listens(port)) throw new Error(`another process already listens on port ${port}, which ${what} needs`);
  const child = spawn(command, parameters, { cwd: folder, stdio: 'inherit' });
  started.push(child);
  for (let waitedMs = 0; !(await listens(port)); waitedMs += pollMs) {
    if (child.exitCode !== null) throw new Error(`${what} ended with ${child.exitCode}`);
    if (waitedMs > waitMsMax) throw new Error(`${what} does not listen on port ${port}`);
    await sleep(pollMs);
  }
}

/** Whether an HTTP server responds there, with any status. */
async function listens(port) {
  return fetch(`http://127.0.0.1:${port}/`).then(
    () => true,
    () => false,
  );
}

/** Sends the login of a user, and returns the greeting that comes out. */
async function login(type, user, ports) {
  const headers = { 'content-type': 'application/vnd.demo/LoginEvent' };
  const body = JSON.stringify({ user_name: user });
  const { status } = await fetch(`http://127.0.0.1:${ports.ingress}/${type}/${user}`, { method: 'PUT', headers, body });
  if (status !== 200) throw new Error(`the login of ${user} got status ${status}`);
  for (let waitedMs = 0; waitedMs < waitMsMax; waitedMs += pollMs) {
    const response = await fetch(`http://127.0.0.1:${ports.egress}/greetings`);
    if (response.status === 200) return response.text();
    await sleep(pollMs);
  }
  throw new Error(`the greeting of ${user} is missing`);
}

async function stop(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}
