import { basename, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { packageFolder } from '../shared/package-folder.ts';
import { copyTemplate, readTemplateManifest } from './create/copy-template.ts';
import { chooseDependency, toPackageSpecifier } from './create/framework-dependency.ts';
import { ensureProjectFolder } from './create/project-folder.ts';
import { ensureProjectName } from './create/project-name.ts';
import { moreHelp } from './more-help.ts';
import { processOutput, type Output } from './output.ts';
import { packageVersion } from './version.ts';

interface CreateCommandOptions {
  readonly name?: string;
  readonly statefun?: string;
}

/** `statefun create <folder>`: creates a project with one event, one forwarder, one function and their tests. */
export function createCommand(output: Output = processOutput): Command {
  return new Command('create')
    .description('create a project: one event, one forwarder, one function, their tests, and events to run it with')
    .argument('<folder>', 'the folder of the project: new or empty (. is the current folder)')
    .option('--name <name>', 'name of the package (default: that of the folder)')
    .option(
      '--statefun <package>',
      'the framework to depend on: a version, or the path of a folder or tarball (default: the one that runs)',
    )
    .addHelpText(
      'after',
      moreHelp({
        text: 'Nothing is downloaded, and nothing that exists is changed.',
        examples: [
          'statefun create carts',
          'statefun create . --name @team/carts',
          'statefun create carts --statefun ./statefun-0.1.0.tgz',
        ],
        exitCodes: { 0: 'the project was created', 1: 'the folder is not empty or cannot be written, or npm does not accept the name' },
      }),
    )
    .action((folder: string, options: CreateCommandOptions) => create(folder, options, output));
}

async function create(path: string, options: CreateCommandOptions, output: Output): Promise<void> {
  const folder = resolve(path);
  const { dependencies, devDependencies } = await readTemplateManifest();
  const name = ensureProjectName(options.name ?? basename(folder), Object.keys({ ...dependencies, ...devDependencies }));
  const framework = chooseDependency(options.statefun, { folder: fileURLToPath(packageFolder), version: packageVersion() });
  await ensureProjectFolder(folder);
  await copyTemplate(folder, name, toPackageSpecifier(framework, folder));
  output.out(nextSteps(name, folder));
}

function nextSteps(name: string, folder: string): string {
  const path = relative('.', folder);
  const enter = path === '' ? [] : [`  cd ${/^[\w./\\~-]+$/.test(path) ? path : `"${path}"`}`];
  return [
    `Created ${name} in ${folder}.`,
    '',
    ...enter,
    '  npm install',
    '  npm test',
    '  npm start',
    '  npm run dev',
    '',
    'README.md says what is where, and what to change first.',
    '',
  ].join('\n');
}
