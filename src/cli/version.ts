import { readFileSync } from 'node:fs';
import { packageFile } from '../shared/package-folder.ts';

/** Returns the version in the package.json of this package. */
export function packageVersion(): string {
  // Safe: the file is part of this package.
  const { version } = JSON.parse(readFileSync(packageFile('package.json'), 'utf8')) as { version: string };
  return version;
}
