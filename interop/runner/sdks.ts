import { join } from 'node:path';
import { install, interopFolder, type Installation } from './install.ts';
import { ManagedProcess, freePort } from './processes.ts';

/** A command interpreter and a greeter, served over StateFun's protocol by a process. */
export interface FunctionServer {
  readonly process: ManagedProcess;
  readonly port: number;
}

/** Who can serve them. */
export interface Sdk {
  readonly name: string;
  readonly title: string;
  /** How the counter of the interpreter is typed: the official JavaScript SDK has no long. */
  readonly counterTypename: string;
  /** Nothing to install: it is part of the project, and its command runs in interop/. */
  readonly installation?: Installation;
  readonly command: (port: number) => readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

const folderOf = (name: string): string => join(interopFolder, 'sdks', name);
const proto = join(interopFolder, 'commands.proto');

const python: Sdk = {
  name: 'python',
  title: 'Python SDK 3.3.0',
  counterTypename: 'io.statefun.types/long',
  installation: {
    what: 'PyPI apache-flink-statefun 3.3.0',
    folder: folderOf('python'),
    inputs: ['requirements.txt', '../../commands.proto'],
    stamp: '.venv/installed',
    steps: [
      { command: ['python3', '-m', 'venv', '.venv'], downloads: false },
      { command: ['.venv/bin/pip', 'install', '--quiet', '--requirement', 'requirements.txt'], downloads: true },
      { command: ['.venv/bin/protoc', '-I', interopFolder, '--python_out=.venv', proto], downloads: false },
    ],
  },
  command: (port) => ['.venv/bin/python', 'functions.py', String(port)],
  // Where protoc has left its work.
  env: { PYTHONPATH: '.venv' },
};

const go: Sdk = {
  name: 'go',
  title: 'Go SDK v3.3.0',
  counterTypename: 'io.statefun.types/long',
  installation: {
    what: 'Go statefun-sdk-go/v3 v3.3.0',
    folder: folderOf('go'),
    inputs: ['go.mod', 'go.sum', 'main.go', 'commands.go'],
    stamp: 'build/installed',
    steps: [
      { command: ['go', 'mod', 'download'], downloads: true },
      { command: ['go', 'build', '-o', 'build/functions', '.'], downloads: false },
    ],
  },
  command: (port) => ['build/functions', String(port)],
};

const java: Sdk = {
  name: 'java',
  title: 'Java SDK 3.3.0',
  counterTypename: 'io.statefun.types/long',
  installation: {
    what: 'Maven statefun-sdk-java 3.3.0',
    folder: folderOf('java'),
    inputs: ['pom.xml', 'src', '../../commands.proto'],
    stamp: 'target/installed',
    steps: [
      { command: ['mvn', '--batch-mode', '--quiet', 'compile'], downloads: true, faultOfOurs: /COMPILATION ERROR|protoc did not exit/ },
    ],
  },
  command: (port) => ['java', '-cp', 'target/classes:target/lib/*', 'statefun.interop.Functions', String(port)],
};

const javascript: Sdk = {
  name: 'javascript',
  title: 'JavaScript SDK 3.3.0',
  counterTypename: 'io.statefun.types/int',
  installation: {
    what: 'npm apache-flink-statefun 3.3.0',
    folder: folderOf('javascript'),
    inputs: ['package.json'],
    stamp: 'node_modules/installed',
    steps: [{ command: ['npm', 'install', '--no-package-lock', '--no-audit', '--no-fund', '--silent'], downloads: true }],
  },
  command: (port) => [process.execPath, 'functions.cjs', String(port)],
};

export const officialSdks: readonly Sdk[] = [python, go, java, javascript];

/** What ours is compared with: the same language, on the same runtime. */
export const officialJavaScript = javascript;

export const ours: Sdk = {
  name: 'typescript',
  title: 'statefun/serving',
  counterTypename: 'io.statefun.types/long',
  command: (port) => [process.execPath, 'dist/typescript/functions.js', String(port)],
};

export async function startSdk({ title, installation, command, env = {} }: Sdk): Promise<FunctionServer> {
  if (installation !== undefined) await install(installation);
  const port = await freePort();
  const server = new ManagedProcess(title, command(port), { cwd: installation?.folder ?? interopFolder, env, lines: { ready: /ready/ } });
  await server.untilSeen('ready');
  return { process: server, port };
}
