import { loadApplication, type LoadedApplication } from '../application/running/load-application.ts';
import type { StatefunError } from '../shared/errors.ts';
import { findStaleBuild } from './stale-build.ts';

export interface Loaded extends Omit<LoadedApplication, 'entry'> {
  /** Warnings about keys that were not read, and about an old build. */
  readonly warnings: readonly StatefunError[];
}

/** Loads the application at a path, as {@link loadBuilt} does, or from a module file. */
export async function load(path: string): Promise<Loaded> {
  if (!/\.ya?ml$/i.test(path)) return loadBuilt(path);
  // Imported when it is needed: most applications have no module file.
  const { loadModuleFile } = await import('../application/from-module-file/load-module-file.ts');
  return loadModuleFile(path);
}

/** Calls {@link loadApplication}, and adds a warning if sources have changed since the build. */
export async function loadBuilt(path: string): Promise<Loaded> {
  const { entry, ...loaded } = await loadApplication(path);
  const stale = await findStaleBuild(loaded.folder, entry);
  return { ...loaded, warnings: stale === undefined ? [] : [stale] };
}
