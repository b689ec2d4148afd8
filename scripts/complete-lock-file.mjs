// Adds to package-lock.json the packages for other platforms that are missing. Run it after npm install; --check only looks.
//
// npm leaves an optional package out of the lock file when the registry in use cannot deliver it, as mirrors that hold only one platform
// do. `npm ci` then refuses the lock file, also where the package is not needed. An entry without integrity is enough: npm skips it on
// platforms it is not for, and takes the locked version on the one it is for.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const path = fileURLToPath(new URL('../package-lock.json', import.meta.url));

/** Parts of package names, and the platform they mean. */
const systems = ['aix', 'android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'openharmony', 'sunos', 'win32'];
const processors = ['arm', 'arm64', 'ia32', 'loong64', 'ppc64', 'riscv64', 's390x', 'x64'];

const lock = JSON.parse(readFileSync(path, 'utf8'));
const missing = findMissing(lock.packages);

if (missing.length > 0 && process.argv.includes('--check')) {
  console.error(`package-lock.json lacks ${missing.map(({ name }) => name).join(', ')}.\nRun: node scripts/complete-lock-file.mjs`);
  process.exitCode = 1;
} else if (missing.length > 0) {
  for (const { name, version, dev } of missing) lock.packages[`node_modules/${name}`] = toEntry(name, version, dev);
  const sorted = Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, 'en'));
  writeFileSync(path, `${JSON.stringify({ ...lock, packages: Object.fromEntries(sorted) }, undefined, 2)}\n`);
  console.log(`package-lock.json: ${missing.length} packages for other platforms added`);
}

function findMissing(packages) {
  return Object.entries(packages).flatMap(([parent, entry]) =>
    Object.entries(entry.optionalDependencies ?? {})
      .filter(([name]) => packages[`node_modules/${name}`] === undefined && packages[`${parent}/node_modules/${name}`] === undefined)
      .map(([name, version]) => ({ name, version, dev: entry.dev })),
  );
}

/** What the registry would have said: the platform is read from the name, as in "@swc/core-linux-arm-gnueabihf". */
function toEntry(name, version, dev) {
  const os = systems.find((system) => name.includes(`-${system}`));
  const processor = processors.find((part) => new RegExp(`-${part}(?:-|$)`).test(name));
  if (os === undefined || processor === undefined || !/^\d/.test(version)) {
    throw new Error(`${name}@${version} does not look like a package for one platform: add it to package-lock.json with npm.`);
  }
  return { version, cpu: [processor], ...(dev && { dev }), optional: true, os: [os] };
}
