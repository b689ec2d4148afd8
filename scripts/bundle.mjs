// Bundles what the compiler has written: a start that loads 20 files instead of 1,000 takes half of the processor time.
//
// 1. Entry points keep their names and share chunks. So the command line and the modules of an application use one copy of the framework.
// 2. A chunk holds modules that the same audiences load. So none of them loads code that it does not need.
// 3. Packages that every application needs are copied in, each with its licence. Others are imported when something needs them.
// 4. Maps lead from a line of a chunk to a line in src/, which is part of the package. Code of packages has chunks of its own and no maps,
//    because its sources are not part of it.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, sep } from 'node:path';
import { rolldown } from 'rolldown';

/** What is loaded together, by the modules that it starts with. A path that ends with a hyphen stands for all that begin like it. */
const audiences = {
  thread: ['storage/threads/writer-worker', 'storage/threads/reader-worker', 'storage/threads/copier-worker'],
  cli: ['cli', 'cli/main'],
  serving: ['serving', 'lambda'],
  engine: ['index', 'cli/run'],
  testing: ['testing', 'cli/play'],
};

/** Packages that are not copied in: an application chooses the version, or few applications load them. */
const imported = [/^node:/, ...builtinModules, /^@aws-sdk\//, /^@smithy\//, 'kinesis-local', 'cloudevents', 'yaml'];

/**
 * protobufjs has 64-bit numbers of this package where it is there. No message that is read with protobufjs has any, and the package compiles
 * WebAssembly while it is loaded.
 */
const leftOut = 'long';
const leftOutId = '\0left-out.cjs';

const inPackages = `${sep}node_modules${sep}`;

/** Replaces the JavaScript in a folder by bundles. `entries` are the paths of entry points in it, without `.js`. */
export async function bundle(folder, entries) {
  const build = await rolldown({
    input: Object.fromEntries(entries.map((entry) => [entry, join(folder, `${entry}.js`)])),
    platform: 'node',
    external: imported,
    plugins: [
      { name: 'maps-of-the-compiler', load: loadWithMap },
      {
        name: 'left-out',
        resolveId: (name) => (name === leftOut ? leftOutId : null),
        load: (id) => (id === leftOutId ? 'module.exports = null;' : null),
      },
    ],
    preserveEntrySignatures: 'allow-extension',
    onLog: (_level, { message }) => {
      throw new Error(`rolldown reports: ${message}`);
    },
  });
  const audiencesOf = createAudienceFinder(folder);
  const { output } = await build.generate({
    format: 'esm',
    sourcemap: true,
    sourcemapExcludeSources: true,
    comments: { legal: true, annotation: false, jsdoc: false },
    entryFileNames: '[name].js',
    chunkFileNames: 'chunks/[name].js',
    codeSplitting: {
      includeDependenciesRecursively: false,
      groups: [{ test: /./, debugName: 'audiences', name: (id, graph) => chunkNameOf(id, graph, audiencesOf) }],
    },
  });
  await build.close();
  const chunks = output.filter(({ type }) => type === 'chunk');
  ensureNoCircles(chunks);
  removeModules(folder);
  for (const file of output) writeOutput(folder, file);
  writeLicences(folder, chunks);
}

/** Reads a module with the map that the compiler has written beside it. */
function loadWithMap(id) {
  if (id.includes(inPackages) || !existsSync(`${id}.map`)) return null;
  return { code: readFileSync(id, 'utf8').replace(/\n\/\/# sourceMappingURL=.*\s*$/, '\n'), map: readFileSync(`${id}.map`, 'utf8') };
}

/** Returns a function that finds the audiences that a module reaches by static imports. */
function createAudienceFinder(folder) {
  const starts = new Map(Object.entries(audiences).flatMap(([name, paths]) => paths.map((path) => [join(folder, `${path}.js`), name])));
  return (id, graph) => {
    const [found, seen, waiting] = [new Set(), new Set([id]), [id]];
    for (let module = waiting.pop(); module !== undefined; module = waiting.pop()) {
      if (starts.has(module)) found.add(starts.get(module));
      const importers = graph.getModuleInfo(module).importers.filter((importer) => !seen.has(importer));
      for (const importer of importers) seen.add(importer);
      waiting.push(...importers);
    }
    return Object.keys(audiences).filter((name) => found.has(name));
  };
}

/** Returns the name of a chunk, or null where the bundler chooses. What is imported by name or dynamically has a file that exports nothing else. */
function chunkNameOf(id, graph, audiencesOf) {
  const { isEntry, dynamicImporters } = graph.getModuleInfo(id);
  if (isEntry || dynamicImporters.length > 0) return null;
  const names = audiencesOf(id, graph);
  const own = names.length === 0 ? null : names.join('-');
  return id.includes(inPackages) || id === leftOutId ? `packages-${own ?? 'others'}` : own;
}

/** Chunks that import each other would run code before what it needs. */
function ensureNoCircles(chunks) {
  const imports = new Map(chunks.map((chunk) => [chunk.fileName, chunk.imports]));
  const done = new Set();
  const visit = (name, path) => {
    if (path.includes(name)) throw new Error(`chunks import each other: ${[...path.slice(path.indexOf(name)), name].join(' -> ')}`);
    if (done.has(name)) return;
    for (const imported of imports.get(name) ?? []) visit(imported, [...path, name]);
    done.add(name);
  };
  for (const name of imports.keys()) visit(name, []);
}

/** Removes the JavaScript of the compiler. Declarations stay, and CommonJS that other processes load by its path. */
function removeModules(folder) {
  const paths = readdirSync(folder, { recursive: true }).filter((path) => /\.js(?:\.map)?$/.test(path));
  for (const path of paths) rmSync(join(folder, path));
}

function writeOutput(folder, { type, fileName, code, source }) {
  const path = join(folder, fileName);
  const ofPackages = /(?:^|[\\/])packages-[^\\/]*$/.test(fileName);
  if (ofPackages && fileName.endsWith('.map')) return;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, type === 'asset' ? source : ofPackages ? code.replace(/\n\/\/# sourceMappingURL=.*\s*$/, '\n') : code);
}

/** Writes the licences of the packages that were copied in: they ask for it. */
function writeLicences(folder, chunks) {
  const modules = chunks.flatMap((chunk) => chunk.moduleIds).filter((id) => id.includes(inPackages));
  const packages = [...new Set(modules.map(packageFolderOf))].sort();
  if (packages.length > 0) writeFileSync(join(folder, 'THIRD-PARTY-LICENSES.txt'), packages.map(licenceOf).join(`\n${'-'.repeat(80)}\n\n`));
}

/** Returns the folder of the package that a module belongs to. */
function packageFolderOf(id) {
  const end = id.lastIndexOf(inPackages) + inPackages.length;
  const [scopeOrName, name] = id.slice(end).split(sep);
  return id.slice(0, end) + (scopeOrName.startsWith('@') ? join(scopeOrName, name) : scopeOrName);
}

function licenceOf(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const file = readdirSync(folder).find((entry) => /^licen[cs]e(?:[-.].*)?$/i.test(entry));
  if (file === undefined) throw new Error(`${name} has no file with its licence, so it cannot be copied into the bundle`);
  return `${name} ${version} (${license})\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n`;
}
