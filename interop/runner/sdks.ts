import { join } from 'node:path';
import { install, interopFolder, type Installation } from './install.ts';
import { ManagedProcess, freePort } from './processes.ts';

/** A command interpreter and a greeter, served over StateFun's protocol by a process. */
export interface FunctionServer {
  readonly process: ManagedProcess;
  readonly port: number;
}

/** An official SDK, with functions of ours written for it. */
export interface Sdk {
  readonly name: string;
  readonly title: string;
  /** How the counter of the interpreter is typed: the JavaScript SDK has no long. */
  readonly counterTypename: string;
  readonly installation: Installation;
  command(port: number): readonly string[];
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

export const sdks = [python, go, java, javascript] as const;

export async function startSdk(sdk: Sdk): Promise<FunctionServer> {
  await install(sdk.installation);
  const port = await freePort();
  const server = new ManagedProcess(sdk.title, sdk.command(port), { cwd: sdk.installation.folder, env: sdk.env ?? {} });
  await server.untilPrinted('ready');
  return { process: server, port };
}
