// Starts the functions and the engine, sends four logins, prints the greetings, and stops both.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('..', import.meta.url));
const statefun = fileURLToPath(new URL('bin/statefun.js', import.meta.resolve('statefun/package.json')));
const ports = { functions: 8010, ingress: 8092, egress: 8093 };
const waitMsMax = 30_000;

async function demo(): Promise<void> {
  const started: ChildProcess[] = [];
  try {
    await start('the functions', ['dist/serve.js'], ports.functions, started);
    await start('the engine', [statefun, 'run', 'module.yaml'], ports.ingress, started);
    for (const user of ['Ada', 'Bob', 'Ada']) console.log(`demo/greeter: ${await login('demo/greeter', user)}`);
    // The same greeter, written as an object.
    console.log(`demo/greeter-object: ${await login('demo/greeter-object', 'Ada')}`);
  } finally {
    await stop(started);
  }
}

async function start(what: string, parameters: readonly string[], port: number, started: ChildProcess[]): Promise<void> {
  if (await listens(port)) throw new Error(`something listens on port ${port} already, which ${what} needs`);
  const child = spawn(process.execPath, parameters, { cwd: folder, stdio: 'inherit' });
  started.push(child);
  for (let waitedMs = 0; !(await listens(port)); waitedMs += 50) {
    if (child.exitCode !== null) throw new Error(`${what} ended with ${child.exitCode}`);
    if (waitedMs > waitMsMax) throw new Error(`${what} does not listen on port ${port}`);
    await sleep(50);
  }
}

/** Whether something answers there, whatever it says. */
async function listens(port: number): Promise<boolean> {
  return fetch(`http://127.0.0.1:${port}/`).then(
    () => true,
    () => false,
  );
}

/** Sends the login of a user, and answers with the greeting that comes out. */
async function login(type: string, user: string): Promise<string> {
  const headers = { 'content-type': 'application/vnd.demo/LoginEvent' };
  const body = JSON.stringify({ user_name: user });
  const { status } = await fetch(`http://127.0.0.1:${ports.ingress}/${type}/${user}`, { method: 'PUT', headers, body });
  if (status !== 200) throw new Error(`the login of ${user} was answered with ${status}`);
  for (let waitedMs = 0; waitedMs < waitMsMax; waitedMs += 50) {
    const response = await fetch(`http://127.0.0.1:${ports.egress}/greetings`);
    if (response.status === 200) return response.text();
    await sleep(50);
  }
  throw new Error(`the greeting of ${user} is missing`);
}

async function stop(started: readonly ChildProcess[]): Promise<void> {
  for (const child of started.toReversed()) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
  }
}

void demo();
