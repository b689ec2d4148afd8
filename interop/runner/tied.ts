/*
 * Runs a command that would outlive us, and kills it when standard input ends.
 *
 *   node tied.js COMMAND ARGUMENT...
 */
import { spawn } from 'node:child_process';

const [command = '', ...commandArguments] = process.argv.slice(2);
const child = spawn(command, commandArguments, { stdio: ['ignore', 'inherit', 'inherit'] });
child.once('exit', (code) => process.exit(code ?? 1));
child.once('error', (error) => {
  console.error(error.message);
  process.exit(1);
});
process.stdin.on('end', () => child.kill('SIGKILL')).resume();
