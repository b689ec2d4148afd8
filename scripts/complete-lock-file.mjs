// Adds to every package-lock.json the packages for other platforms that are missing. Run it after npm install; --check only compares.
//
// npm leaves an optional package out of the lock file when the registry in use cannot deliver it, as mirrors that hold only one platform
// do. `npm ci` then refuses the lock file, also where the package is not needed. An entry without integrity is enough: npm skips it on
// platforms it is not for, and takes the locked version on the one it is for.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { suiteFolders } from './suite-packages.mjs';

const paths = ['.', ...suiteFolders].map((folder) => `${folder}/package-lock.json`.replace('./', ''));

/** Parts of package names that name a platform. */
const systems = ['aix', 'android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'openharmony', 'sunos', 'win32'];
const processors = ['arm', 'arm64', 'ia32', 'loong64', 'ppc64', 'riscv64', 's390x', 'x64'];

for (const path of paths) complete(path);

function complete(path) {
  const file = fileURLToPath(new URL(`../${path}`, import.meta.url));
  const lock = JSON.parse(readFileSync(file, 'utf8'));
  const missing = findMissing(lock.packages);
  if (missing.length === 0) return;
  if (process.argv.includes('--check')) {
    console.error(`${path} lacks ${missing.map(({ name }) => name).join(', ')}.\nRun: node scripts/complete-lock-file.mjs`);
    process.exitCode = 1;
    return;
  }
  for (const { name, version, dev } of missing) lock.packages[`node_modules/${name}`] = toEntry(name, version, dev, path);
  const sorted = Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, 'en'));
  writeFileSync(file, `${JSON.stringify({ ...lock, packages: Object.fromEntries(sorted) }, undefined, 2)}\n`);
  console.log(`${path}: ${missing.length} packages for other platforms added`);
}

function findMissing(packages) {
  return Object.entries(packages).flatMap(([parent, entry]) =>
    Object.entries(entry.optionalDependencies ?? {})
      .filter(([name]) => packages[`node_modules/${name}`] === undefined && packages[`${parent}/node_modules/${name}`] === undefined)
      .map(([name, version]) => ({ name, version, dev: entry.dev })),
  );
}

/** The entry as the registry would give it. The platform is read from the name, as in "@swc/core-linux-arm-gnueabihf". */
function toEntry(name, version, dev, path) {
  const os = systems.find((system) => name.includes(`-${system}`));
  const processor = processors.find((part) => new RegExp(`-${part}(?:-|$)`).test(name));
  if (os === undefined || processor === undefined || !/^\d/.test(version)) {
    throw new Error(`${name}@${version} does not look like a package for one platform: add it to ${path} with npm.`);
  }
  return { version, cpu: [processor], ...(dev && { dev }), optional: true, os: [os] };
}
