import { readFileSync } from 'node:fs';

/** The version in the package.json of this package, which lies beside `src` and `dist`. */
export function packageVersion(): string {
  // The file is our own.
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string };
  return version;
}
