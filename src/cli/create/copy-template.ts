import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packageFile } from '../../shared/package-folder.ts';

/** The example that new projects are copied from. It has the same place in the package and in the repository. */
export const templateFolder = fileURLToPath(packageFile('examples/greeter/'));

/** The files and folders that are copied unchanged. */
const copied = ['src', 'test', 'tsconfig.json', 'events.jsonl'];

/** The content of .gitignore, which npm leaves out of packages. */
const gitignore = ['node_modules/', 'dist/', '.statefun/', '.env', ''].join('\n');

/** The parts of the template's package.json that this file changes or looks at. */
export interface TemplateManifest {
  readonly name: string;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

export async function readTemplateManifest(): Promise<TemplateManifest> {
  // Safe: the file is part of this package.
  return JSON.parse(await readFile(join(templateFolder, 'package.json'), 'utf8')) as TemplateManifest;
}

/** Fills an empty folder with a project. `framework` is the specifier of statefun in package.json. */
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
