import { execFileSync } from 'node:child_process';
import { isAbsolute, resolve } from 'node:path';
import { installFolder, projectFolder } from './installed.ts';

/** Major versions that the folder `node-versions` can install. */
const installable = ['22', '24'];

/** An executable of Node, and its version. */
export interface NodeExecutable {
  readonly path: string;
  readonly version: string;
}

/**
 * The executable for `--node`: a path, or a major version. A version other than the running one is installed from npm beside the benchmarks.
 * Returns undefined when it cannot be had here; a line with the reason has been printed then.
 */
export function findNode(wanted: string | undefined): NodeExecutable | undefined {
  if (wanted === undefined || process.version.startsWith(`v${wanted}.`)) return { path: process.execPath, version: process.version };
  if (!/^\d+$/.test(wanted)) return executableAt(isAbsolute(wanted) ? wanted : resolve(wanted));
  if (!installable.includes(wanted)) throw new Error(`--node is a path or one of ${installable.join(', ')}, not "${wanted}"`);
  const folder = 'benchmarks/node-versions';
  if (!installFolder(folder, `Node ${wanted}`)) return undefined;
  return executableAt(`${projectFolder}${folder}/node_modules/node-${wanted}/bin/node`);
}

function executableAt(path: string): NodeExecutable {
  return { path, version: execFileSync(path, ['--version'], { encoding: 'utf8' }).trim() };
}
