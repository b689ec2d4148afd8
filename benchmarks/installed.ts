import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const projectFolder = fileURLToPath(new URL('../..', import.meta.url));

/** Installs the packages of a folder that has its own package.json. Returns whether they are there; if not, it has printed a line with the reason. */
export function installFolder(folder: string, what: string): boolean {
  const wanted = `${projectFolder}${folder}/node_modules/.installed-from`;
  const parameters = ['scripts/with-packages.mjs', folder, what, process.execPath, '--eval', 'process.exit(0)'];
  spawnSync(process.execPath, parameters, { cwd: projectFolder, stdio: ['ignore', 2, 2] });
  return existsSync(wanted);
}
