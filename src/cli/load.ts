import { loadApplication, type LoadedApplication } from '../application/running/load-application.ts';
import type { StatefunError } from '../shared/errors.ts';
import { findStaleBuild } from './stale-build.ts';

export interface Loaded extends Omit<LoadedApplication, 'entry'> {
  /** What was not read of it, or is not as new as it could be. */
  readonly warnings: readonly StatefunError[];
}

/** The application at a path: what {@link loadBuilt} finds, or the one that a module.yaml of StateFun describes. */
export async function load(path: string): Promise<Loaded> {
  if (!/\.ya?ml$/i.test(path)) return loadBuilt(path);
  // Loaded when it is needed: most applications have no module.yaml.
  const { loadModuleFile } = await import('../application/from-module-file/load-module-file.ts');
  return loadModuleFile(path);
}

/** What {@link loadApplication} finds, with a warning when it was built before its sources were changed. */
export async function loadBuilt(path: string): Promise<Loaded> {
  const { entry, ...loaded } = await loadApplication(path);
  const stale = await findStaleBuild(loaded.folder, entry);
  return { ...loaded, warnings: stale === undefined ? [] : [stale] };
}
