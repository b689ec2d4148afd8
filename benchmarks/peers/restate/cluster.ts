import { fork, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import type { ServiceCounters } from './service.ts';

export interface ClusterOptions {
  readonly server: string;
  readonly sdk: string;
  /** The executable of Node for the service. */
  readonly node: string;
  readonly folder: string;
  readonly prefix: readonly string[];
}

/** Counters of the service, and processor time of the server and the service together. */
export type ClusterCounters = ServiceCounters;

const service = new URL('./service.js', import.meta.url);
/** Two partitions for the two processors of a small machine; the default is 24. */
const partitions = '2';
const startTriesMax = 300;
const startPauseMs = 200;
/** The kernel counts processor time in hundredths of a second. */
const tickMs = 10;

/** A server of Restate and a process that serves the shopping cart to it, on this machine. */
export class RestateCluster {
  readonly #server: ChildProcess;
  readonly #service: ChildProcess;
  readonly #counters: number;
  /** Port to which events are sent. */
  readonly ingressPort: number;

  private constructor(server: ChildProcess, serviceProcess: ChildProcess, ports: { counters: number; ingress: number }) {
    this.#server = server;
    this.#service = serviceProcess;
    this.#counters = ports.counters;
    this.ingressPort = ports.ingress;
  }

  static async start({ server: binary, sdk, node, folder, prefix }: ClusterOptions): Promise<RestateCluster> {
    const [ingress, admin, fabric] = [await freePort(), await freePort(), await freePort()];
    const env = {
      ...process.env,
      // It looks for newer releases of itself, which nobody needs to know here.
      RESTATE_LOG_FILTER: 'error,octocrab=off',
      RESTATE_DISABLE_TELEMETRY: 'true',
      RESTATE_DEFAULT_NUM_PARTITIONS: partitions,
      RESTATE_LISTEN_MODE: 'tcp',
      RESTATE_BIND_IP: '127.0.0.1',
      RESTATE_ADVERTISED_HOST: '127.0.0.1',
      RESTATE_BIND_PORT: String(fabric),
      RESTATE_INGRESS__BIND_PORT: String(ingress),
      RESTATE_ADMIN__BIND_PORT: String(admin),
      // That of the SDK.
      RESTATE_LOGGING: 'ERROR',
    };
    const [command = binary, ...parameters] = [...prefix, binary, '--node-name', 'bench', '--base-dir', folder, '--no-logo'];
    const server = spawn(command, parameters, { env, cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
    const [execPath = node, ...execArgv] = [...prefix, node];
    const serviceProcess = fork(service, [sdk], { execPath, execArgv, env, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    const [{ port, counters }] = (await once(serviceProcess, 'message')) as [{ port: number; counters: number }];
    const cluster = new RestateCluster(server, serviceProcess, { counters, ingress });
    await cluster.#register(admin, port);
    return cluster;
  }

  /** Tells the server where the service is, as soon as the server listens. */
  async #register(adminPort: number, servicePort: number): Promise<void> {
    const body = JSON.stringify({ uri: `http://127.0.0.1:${servicePort}` });
    let problem: unknown;
    for (let tries = 0; tries < startTriesMax; tries += 1) {
      try {
        const url = `http://127.0.0.1:${adminPort}/deployments`;
        const answer = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
        if (answer.ok) return;
        problem = await answer.text();
      } catch (error) {
        problem = error;
      }
      await new Promise((resolve) => setTimeout(resolve, startPauseMs));
    }
    this.stop();
    throw new Error('the server of Restate did not start', { cause: problem });
  }

  async counters(): Promise<ClusterCounters> {
    const answer = await fetch(`http://127.0.0.1:${this.#counters}/`);
    const counters = (await answer.json()) as ServiceCounters;
    const { cpuMs, rssBytesMax } = usageOf(this.#server.pid ?? 0);
    return { ...counters, cpuMs: counters.cpuMs + cpuMs, rssBytesMax: counters.rssBytesMax + rssBytesMax };
  }

  stop(): void {
    this.#server.kill('SIGKILL');
    this.#service.kill('SIGKILL');
  }
}

/** Linux alone tells this of another process; Restate's server is installed for Linux alone. */
function usageOf(pid: number): { readonly cpuMs: number; readonly rssBytesMax: number } {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const rss = /^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return { cpuMs: (Number(fields[11]) + Number(fields[12])) * tickMs, rssBytesMax: Number(rss ?? 0) * 1_024 };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
