/** The command line: `main(process.argv.slice(2))` returns the exit code. Importing it does nothing. */
import { keepCompiledCode } from './cli/compile-cache.ts';

type Main = (typeof import('./cli/main.ts'))['main'];

/** Runs a command line without the program's name. Returns the exit code: 0 done, 1 failed, 2 wrong usage. */
export const main: Main = async (...parameters) => {
  // Before anything else is loaded: only what is compiled afterwards is kept.
  keepCompiledCode();
  const program = await import('./cli/main.ts');
  return program.main(...parameters);
};
