// npm run check: everything CI checks, two steps at a time, one line each. Stops at the first step that fails and shows what it printed.
import { spawn } from 'node:child_process';

/** The scripts of package.json to run. The longest comes first: while it runs, the others run one after the other beside it. */
const steps = [
  'test:long',
  'test',
  'format:check',
  'deps',
  'generate:check',
  'snippets:check',
  'docker:lint',
  'types',
  'lint',
  'test:mounts',
  'test:package',
];
const stepsAtATime = 2;

const waiting = [...steps];
const running = new Set();
let failed;

process.on('SIGINT', stopAll);
process.on('SIGTERM', stopAll);

const startedMs = Date.now();
await Promise.all(Array.from({ length: stepsAtATime }, runSteps));
if (failed === undefined) {
  console.log(`check: ${steps.length} steps passed in ${seconds(startedMs)}`);
} else {
  process.exitCode = 1;
}

async function runSteps() {
  for (let step = waiting.shift(); step !== undefined && failed === undefined; step = waiting.shift()) await runStep(step);
}

async function runStep(step) {
  const stepStartedMs = Date.now();
  const { code, output } = await runScript(step);
  // This step was stopped because another one failed.
  if (failed !== undefined) return;
  const counts = /statefun: (\d+ passed.*)/.exec(output)?.[1];
  console.log(
    `${code === 0 ? 'ok    ' : 'FAILED'} ${step.padEnd(16)} ${seconds(stepStartedMs)}${counts === undefined ? '' : `  ${counts}`}`,
  );
  for (const line of output.match(/^skipped: .*$/gm) ?? []) console.log(`         ${line}`);
  if (code === 0) return;
  failed = step;
  console.log(`\n${output.trimEnd()}\n\ncheck: "${step}" failed. Alone: npm run ${step}`);
  stopAll();
}

/** Runs a script in a new process group, so that it can be stopped with all its children. */
function runScript(script) {
  return new Promise((resolve) => {
    const child = spawn('npm', ['run', '--silent', script], {
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
      env: process.stdout.isTTY ? { ...process.env, FORCE_COLOR: '1' } : { ...process.env, NO_COLOR: '1' },
    });
    running.add(child);
    const chunks = [];
    child.stdout.on('data', (chunk) => chunks.push(chunk));
    child.stderr.on('data', (chunk) => chunks.push(chunk));
    child.on('error', (error) => chunks.push(Buffer.from(`${error}\n`)));
    child.on('close', (code) => {
      running.delete(child);
      resolve({ code: code ?? 1, output: Buffer.concat(chunks).toString('utf8') });
    });
  });
}

function stopAll() {
  failed ??= 'stopped';
  for (const child of running) {
    try {
      process.kill(-child.pid, 'SIGTERM');
    } catch {
      // It has ended already.
    }
  }
}

function seconds(sinceMs) {
  return `${((Date.now() - sinceMs) / 1000).toFixed(1).padStart(5)} s`;
}
