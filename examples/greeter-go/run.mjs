// Builds the Go function, starts it and the engine, sends three logins, prints the greetings, and stops both.
import { spawnSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { runGreeter } from '../../scripts/greeter-demo.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const greeter = process.platform === 'win32' ? 'build/greeter.exe' : 'build/greeter';
const downloadTriesMax = 3;

const missing = await findMissing();
if (missing === undefined) await demo();
else console.log(`skipped: ${missing}`);

/** Returns what this machine lacks. Downloads the SDK into Go's own cache, once. */
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
  await runGreeter({
    folder: here,
    functions: { what: 'the Go function', command: fileURLToPath(new URL(greeter, import.meta.url)), parameters: [] },
    ports: { functions: 8020, ingress: 8094, egress: 8095 },
    logins: ['Ada', 'Bob', 'Ada'].map((user) => ({ type: 'demo/greeter', user })),
  });
}

function run(command, parameters) {
  const { status, error } = spawnSync(command, parameters, { cwd: here, stdio: 'inherit' });
  if (status !== 0) throw error ?? new Error(`${command} ${parameters.join(' ')} ended with ${status}`);
}
