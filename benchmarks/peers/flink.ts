import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { digestOf } from '../cart-digest.ts';
import { projectFolder } from '../installed.ts';
import type { Peer, PeerLatency, PeerMeasurement, PeerTask } from './peer.ts';

const folder = join(projectFolder, 'benchmarks/peers/flink');
const what = 'Flink StateFun 3.3.0 in Java';

/** Flink reaches into these packages, which no longer stand open since Java 16. */
const addOpens = ['lang', 'util', 'math', 'time'].map((name) => `--add-opens=java.base/java.${name}=ALL-UNNAMED`);

/** What CartJob prints. */
interface CartJobResult {
  readonly events: number;
  readonly durationMs: number;
  readonly cpuMs: number;
  readonly invocations: number;
  readonly egressRecords: number;
  readonly rssBytesMax: number;
  /** JSON text of the items of every cart. */
  readonly carts: Readonly<Record<string, string>>;
  readonly latency?: PeerLatency;
  readonly visible?: PeerLatency;
}

/** Embedded Java functions on StateFun 3.3.0 and Flink 1.16.2, exactly-once checkpoints every 10 s, parallelism 1. */
export function flink(backend: 'hashmap' | 'rocksdb'): Peer {
  return {
    title: `Java StateFun, ${backend === 'hashmap' ? 'state in the heap' : 'RocksDB'}`,
    isSmall: false,
    prepare,
    measure: (task) => measure(task, backend),
  };
}

function prepare(): string | undefined {
  const java = spawnSync('javac', ['-version'], { encoding: 'utf8' });
  if (java.status !== 0) return skip('there is no JDK on this machine');
  // Without --update-snapshots Maven does not look again for what it once did not find.
  const maven = spawnSync('mvn', ['--batch-mode', '--quiet', '--update-snapshots', 'compile'], { cwd: folder, encoding: 'utf8' });
  if (maven.error !== undefined) return skip('there is no Maven on this machine');
  if (maven.status !== 0) {
    if (maven.stdout.includes('COMPILATION ERROR')) throw new Error(maven.stdout);
    return skip(/(?:resolve|find) [^\n]{1,150}/.exec(maven.stdout)?.[0] ?? 'Maven could not download what it needs');
  }
  return `StateFun 3.3.0, Flink 1.16.2, ${`${java.stdout}${java.stderr}`.trim().replace('javac', 'JDK')}`;
}

function skip(reason: string): undefined {
  console.error(`skipped: ${what} (${reason})`);
  return undefined;
}

async function measure(task: PeerTask, backend: string): Promise<PeerMeasurement> {
  const { events, fill, warm, count, latencySeconds, prefix } = task;
  const options = { events, fill, warm, count, latency: latencySeconds, backend, folder: mkdtempSync(join(task.folder, 'flink-')) };
  const [command = 'java', ...parameters] = [
    ...prefix,
    'java',
    '-Xmx2g',
    ...addOpens,
    '-Dorg.slf4j.simpleLogger.defaultLogLevel=error',
    '-cp',
    'target/classes:target/lib/*',
    'statefun.peers.CartJob',
    ...Object.entries(options).map(([name, value]) => `${name}=${value}`),
  ];
  const { carts, ...result } = JSON.parse(await outputOf(command, parameters)) as CartJobResult;
  const ids = Object.keys(carts).sort();
  return { ...result, stateDigest: digestOf(ids.map((id) => JSON.parse(carts[id] ?? '{}') as object)) };
}

/** Everything that the process prints; it prints its result alone. */
function outputOf(command: string, parameters: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const process = spawn(command, parameters, { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] });
    const chunks: Buffer[] = [];
    process.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    process.once('error', reject);
    process.once('close', (code, signal) => {
      if (code === 0) resolve(Buffer.concat(chunks).toString());
      else reject(new Error(`${what} ended with ${String(code ?? signal)}`));
    });
  });
}
