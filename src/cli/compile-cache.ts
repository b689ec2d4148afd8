import module from 'node:module';
import { fileURLToPath } from 'node:url';
import { packageFile } from '../shared/package-folder.ts';

/** Node 22.8 and later have it. */
type WithCompileCache = typeof module & { readonly enableCompileCache?: (folder: string) => unknown };

/**
 * Keeps compiled code for the next start, which then takes an eighth less processor time. Does nothing before Node 22.8, and where the folder cannot
 * be written. The folder is in the package, because its writers decide what runs: a temporary folder is shared with others.
 */
export function keepCompiledCode(): void {
  (module as WithCompileCache).enableCompileCache?.(fileURLToPath(packageFile('node_modules/.cache/statefun')));
}
