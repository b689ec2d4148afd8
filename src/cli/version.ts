import { readFileSync } from 'node:fs';

/** Returns the version in the package.json of this package, beside `src` and `dist`. */
export function packageVersion(): string {
  // Safe: the file is part of this package.
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string };
  return version;
}
