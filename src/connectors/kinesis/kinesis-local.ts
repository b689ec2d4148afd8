import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { get } from 'node:http';
import { createRequire } from 'node:module';
import { createServer, type AddressInfo } from 'node:net';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { StatefunError, toError } from '../../shared/errors.ts';
import { packageFile } from '../../shared/package-folder.ts';
import { delay, startTimer } from '../../shared/time/timers.ts';

export interface KinesisLocalPorts {
  readonly plain: number;
  readonly tls: number;
}

/** A running process of kinesis-local. */
export interface KinesisLocal {
  readonly ports: KinesisLocalPorts;
  stop(): Promise<void>;
}

/** Thrown when another process listens on one of the ports. */
export class PortTakenError extends Error {}

/** Start timeout, in milliseconds. Starting takes about two seconds, several times that on a busy machine. */
const readyWithinMs = 30_000;
const checkIntervalMs = 50;
/** Stop timeout, in milliseconds; then the process is killed. It does not end by itself while connections are open. */
const stopWithinMs = 2_000;
/** Characters of its output that are kept for the error of a failed start. */
const outputCharactersMax = 4_000;

/** Returns the script of the package. Throws EMBEDDED_KINESIS_MISSING. */
export function locateKinesisLocal(): string {
  try {
    return createRequire(import.meta.url).resolve('kinesis-local/main.js');
  } catch (error) {
    throw new StatefunError('EMBEDDED_KINESIS_MISSING', 'The package kinesis-local cannot be found.', { cause: error });
  }
}

export async function findFreePorts(): Promise<KinesisLocalPorts> {
  const servers = [createServer(), createServer()];
  // Both are open before either is closed, so the ports differ.
  const [plain = 0, tls = 0] = await Promise.all(servers.map(listenOnAnyPort));
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return { plain, tls };
}

/** Starts the process, and resolves when it responds. Rejects with a PortTakenError, or an error with the output of the process. */
export async function startKinesisLocal(script: string, ports: KinesisLocalPorts, region: string): Promise<KinesisLocal> {
  const child = fork(script, [], {
    // It looks for its certificate in the working directory.
    cwd: dirname(script),
    execArgv: ['--require', fileURLToPath(packageFile('dist/connectors/kinesis/loopback-only.cjs'))],
    // Streams are created later, and options of this process (a debugger, loaders) are not passed on.
    env: { ...process.env, ...settings(ports, region), INITIALIZE_STREAMS: undefined, NODE_OPTIONS: undefined },
    // Ctrl-C in a terminal reaches the whole process group, and the application still has records to send then.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const output = collectOutput(child);
  const exited = once(child, 'exit');
  const stop = (): Promise<void> => stopProcess(child, exited);
  try {
    await untilReady(child, ports);
    return { ports, stop };
  } catch (error) {
    await stop();
    throw error instanceof PortTakenError ? error : new Error(`${toError(error).message}\n${output()}`, { cause: error });
  }
}

/** Returns the environment that disables the emulator's artificial delays. */
function settings(ports: KinesisLocalPorts, region: string): Record<string, string> {
  const operations = ['CREATE_STREAM', 'DELETE_STREAM', 'SPLIT_SHARD', 'MERGE_SHARDS', 'UPDATE_SHARD_COUNT'];
  const durations = operations.map((operation) => [`${operation}_DURATION`, '10ms']);
  return {
    ...(Object.fromEntries(durations) as Record<string, string>),
    KINESIS_MOCK_PLAIN_PORT: String(ports.plain),
    KINESIS_MOCK_TLS_PORT: String(ports.tls),
    AWS_REGION: region,
    LOG_LEVEL: 'ERROR',
    ROOT_LOG_LEVEL: 'ERROR',
    SHOULD_PERSIST_DATA: 'false',
  };
}

async function listenOnAnyPort(server: ReturnType<typeof createServer>): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // Safe: a server that listens on a port has an address of this type.
  return (server.address() as AddressInfo).port;
}

/** Reads the output of the process and keeps its end. */
function collectOutput(child: ChildProcess): () => string {
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => (text = (text + chunk).slice(-outputCharactersMax)));
  }
  return () => text;
}

/** The message of loopback-only.cts. */
interface ListenReport {
  readonly listening?: number;
  readonly failed?: string;
}

/** Waits until the process owns both ports and responds. A response alone may come from another process that has taken the port. */
async function untilReady(child: ChildProcess, ports: KinesisLocalPorts): Promise<void> {
  const awaited = new Set([ports.plain, ports.tls]);
  let portIsTaken = false;
  child.on('message', ({ listening, failed }: ListenReport) => {
    if (listening !== undefined) awaited.delete(listening);
    if (failed === 'EADDRINUSE') portIsTaken = true;
  });
  const deadline = Date.now() + readyWithinMs;
  while (awaited.size > 0 || !(await isHealthy(ports.plain))) {
    if (portIsTaken) throw new PortTakenError(`port ${ports.plain} or ${ports.tls} of 127.0.0.1 is taken`);
    if (hasEnded(child)) throw new Error(`kinesis-local ended with ${child.exitCode ?? child.signalCode}`);
    if (Date.now() > deadline) throw new Error(`kinesis-local did not respond on port ${ports.plain} within ${readyWithinMs} ms`);
    await delay(checkIntervalMs);
  }
}

function isHealthy(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get({ host: '127.0.0.1', port, path: '/healthcheck', timeout: 1_000, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(false));
  });
}

async function stopProcess(child: ChildProcess, exited: Promise<unknown>): Promise<void> {
  if (hasEnded(child)) return;
  child.kill('SIGTERM');
  const cancel = startTimer(stopWithinMs, () => child.kill('SIGKILL'));
  await exited;
  cancel();
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}
