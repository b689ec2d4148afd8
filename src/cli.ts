/** The command line: `main(process.argv.slice(2))` resolves to the exit code. Importing it does nothing. */
export { main } from './cli/main.ts';
