/** The command line: `main(process.argv.slice(2))` answers with the exit code. Importing it does nothing. */
export { main } from './cli/main.ts';
