import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The example that new projects are copies of. It is part of the package, and lies where it lies in the repository. */
export const templateFolder = fileURLToPath(new URL('../../../examples/greeter/', import.meta.url));

/** What is copied as it stands. */
const copied = ['src', 'test', 'tsconfig.json', 'events.jsonl'];

/** What tools make in a project. npm leaves a .gitignore out of the packages it packs, so it is written from here. */
const gitignore = ['node_modules/', 'dist/', '.statefun/', '.env', ''].join('\n');

/** The parts of the template's package.json that this file changes or looks at. */
export interface TemplateManifest {
  readonly name: string;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

export async function readTemplateManifest(): Promise<TemplateManifest> {
  // The file is our own.
  return JSON.parse(await readFile(join(templateFolder, 'package.json'), 'utf8')) as TemplateManifest;
}

/** Fills an empty folder with a project. `framework` is what package.json says where it depends on statefun. */
export async function copyTemplate(folder: string, name: string, framework: string): Promise<void> {
  for (const path of copied) await cp(join(templateFolder, path), join(folder, path), { recursive: true });
  const manifest = await readTemplateManifest();
  const changed = { ...manifest, name, dependencies: { ...manifest.dependencies, statefun: framework } };
  await writeFile(join(folder, 'package.json'), `${JSON.stringify(changed, undefined, 2)}\n`);
  const readme = await readFile(join(templateFolder, 'README.md'), 'utf8');
  await writeFile(
    join(folder, 'README.md'),
    readme.replace(/^# .*$/m, () => `# ${name}`),
  );
  await writeFile(join(folder, '.gitignore'), gitignore);
}
