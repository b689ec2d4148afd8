/**
 * The folder of this package, with `package.json`, `bin/` and `examples/`. The build keeps this module two folders below it, as it is in `src/`.
 */
export const packageFolder = new URL('../../', import.meta.url);

/** Returns a file or folder of this package, for example `package.json`. */
export function packageFile(path: string): URL {
  return new URL(path, packageFolder);
}
