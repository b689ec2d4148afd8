import { loadApplication, type LoadedApplication } from '../application/load-application.ts';
import type { StatefunError } from '../shared/errors.ts';

export interface Loaded extends Omit<LoadedApplication, 'entry'> {
  /** What was not read of it. */
  readonly warnings: readonly StatefunError[];
}

/** The application at a path: what {@link loadApplication} finds, or the one that a module.yaml of StateFun describes. */
export async function load(path: string): Promise<Loaded> {
  if (!/\.ya?ml$/i.test(path)) return { ...(await loadApplication(path)), warnings: [] };
  // Loaded when it is needed: most applications have no module.yaml.
  const { loadModule } = await import('./module/load-module.ts');
  return loadModule(path);
}
