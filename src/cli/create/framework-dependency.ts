import { existsSync, realpathSync } from 'node:fs';
import { relative, resolve, sep } from 'node:path';
import { StatefunError } from '../../shared/errors.ts';

/** The package whose command line runs. */
export interface RunningPackage {
  readonly folder: string;
  readonly version: string;
}

/** The dependency of a project on the framework: a specifier for npm, or a file or folder on this machine. */
export type FrameworkDependency = { readonly version: string } | { readonly path: string };

/**
 * Returns the dependency that `given` names: a version, range, tag or URL, or the path of a folder or packed tarball. The default is the running
 * package: its version if npm installed it, or its folder if it is a clone, whose version npm may not know.
 *
 * Throws CREATE_PACKAGE_MISSING for a path that leads nowhere.
 */
export function chooseDependency(given: string | undefined, running: RunningPackage): FrameworkDependency {
  if (given === undefined) {
    const installed = running.folder.split(/[\\/]/).includes('node_modules');
    return installed ? { version: `^${running.version}` } : { path: running.folder };
  }
  const path = resolve(given.replace(/^file:/, ''));
  if (!looksLikePath(given)) return { version: given };
  if (existsSync(path)) return { path };
  throw new StatefunError('CREATE_PACKAGE_MISSING', `there is no file or folder ${path}.`, { facts: { path } });
}

/** Returns the specifier for package.json. A path is relative to the existing project, so that both can be moved together. */
export function toPackageSpecifier(dependency: FrameworkDependency, projectFolder: string): string {
  if ('version' in dependency) return dependency.version;
  // npm resolves symbolic links before it goes up from a folder.
  const path = relative(realpathSync(projectFolder), realpathSync(dependency.path));
  return `file:${path.split(sep).join('/')}`;
}

/** Whether the text is a path. Any other text (1.2.3, ^1.2, latest, https://…, git+ssh://…, npm:…) is a specifier for npm. */
function looksLikePath(given: string): boolean {
  if (given.startsWith('file:')) return true;
  if (/^[a-z][a-z+]+:/i.test(given)) return false;
  return /^(?:\.{1,2}$|\.{0,2}[\\/]|[a-z]:[\\/])/i.test(given) || /\.(?:tgz|tar\.gz|tar)$/i.test(given);
}
