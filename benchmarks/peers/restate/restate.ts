import { connect, type ClientHttp2Session } from 'node:http2';
import { createRequire } from 'node:module';
import { mkdtempSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { digestOf } from '../../cart-digest.ts';
import type { GeneratedEvent } from '../../cart-events.ts';
import { installFolder, projectFolder } from '../../installed.ts';
import { findNode } from '../../node-executable.ts';
import { EventFile } from '../event-file.ts';
import type { Peer, PeerMeasurement, PeerTask } from '../peer.ts';
import { RestateCluster, type ClusterCounters } from './cluster.ts';

const folder = 'benchmarks/peers/restate';
const packages = join(projectFolder, folder, 'node_modules/@restatedev');
const platform = 'linux-x64';

/** Events that are on their way to the server together. */
const requestsAtOnce = 64;
/** A phase is over when nothing has changed for so long; that time is not measured. */
const quietMs = 5_000;
const lookMs = 50;

/** Virtual objects of Restate: its server and SDK from npm. */
export const restate: Peer = {
  title: 'Restate',
  isSmall: true,
  prepare() {
    if (!installFolder(folder, 'Restate') || findNode('22') === undefined) return undefined;
    if (`${process.platform}-${process.arch}` !== platform) {
      console.error(`skipped: Restate (the benchmark knows its server for ${platform} alone)`);
      return undefined;
    }
    const versionOf = (name: string): string =>
      (JSON.parse(readFileSync(join(packages, name, 'package.json'), 'utf8')) as { version: string }).version;
    return `Restate ${versionOf('restate-server')}, SDK ${versionOf('restate-sdk')}, Node ${findNode('22')?.version ?? ''}`;
  },
  measure,
};

async function measure({ events: path, fill, warm, count, folder: parent, prefix }: PeerTask): Promise<PeerMeasurement> {
  const events = new EventFile(path);
  const cluster = await RestateCluster.start({
    server: join(packages, `restate-server-${platform}/bin/restate-server`),
    sdk: createRequire(join(projectFolder, folder, 'package.json')).resolve('@restatedev/restate-sdk'),
    node: findNode('22')?.path ?? process.execPath,
    folder: mkdtempSync(join(parent, 'restate-')),
    prefix,
  });
  const session = connect(`http://127.0.0.1:${cluster.ingressPort}`);
  try {
    const start = fill + warm;
    await sendAll(session, events.slice(0, start));
    await whenQuiet(cluster);
    const [before, startMs] = [await cluster.counters(), performance.now()];
    await sendAll(session, events.slice(start, start + count));
    const after = await whenQuiet(cluster);
    const carts = await Promise.all(events.cartIds(fill).map((id) => post(session, `/cart/${id}/items`)));
    return {
      events: count,
      durationMs: after.atMs - startMs,
      cpuMs: after.counters.cpuMs - before.cpuMs,
      invocations: after.counters.invocations - before.invocations,
      egressRecords: after.counters.egressRecords - before.egressRecords,
      stateDigest: digestOf(carts.map((text) => JSON.parse(text) as object)),
      rssBytesMax: after.counters.rssBytesMax,
    };
  } finally {
    session.destroy();
    cluster.stop();
  }
}

/** Sends events without waiting for what they lead to. One with the same key is sent when the server has accepted the one before. */
async function sendAll(session: ClientHttp2Session, events: readonly GeneratedEvent[]): Promise<void> {
  const lastOfKey = new Map<string, Promise<unknown>>();
  let next = 0;
  const sendOneByOne = async (): Promise<void> => {
    for (let event = events[next++]; event !== undefined; event = events[next++]) {
      const { key, data } = event;
      const object = data.includes('"example.product"') ? 'product' : 'cart';
      const before = lastOfKey.get(key) ?? Promise.resolve();
      const sent = before.then(() => post(session, `/${object}/${key}/event/send`, data));
      lastOfKey.set(key, sent);
      await sent;
    }
  };
  await Promise.all(Array.from({ length: requestsAtOnce }, sendOneByOne));
}

function post(session: ClientHttp2Session, path: string, body: Buffer = Buffer.alloc(0)): Promise<string> {
  return new Promise((resolve, reject) => {
    const type = body.length === 0 ? {} : { 'content-type': 'application/json' };
    const stream = session.request({ ':method': 'POST', ':path': path, ...type });
    const chunks: Buffer[] = [];
    stream.on('response', ({ ':status': status = 0 }) => {
      if (status >= 300) reject(new Error(`${path}: status ${status}`));
    });
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('error', reject);
    stream.on('end', () => resolve(Buffer.concat(chunks).toString()));
    stream.end(body);
  });
}

interface Quiet {
  readonly counters: ClusterCounters;
  /** When the last counter changed. */
  readonly atMs: number;
}

async function whenQuiet(cluster: RestateCluster): Promise<Quiet> {
  let last: Quiet = { counters: await cluster.counters(), atMs: performance.now() };
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, lookMs));
    const [counters, atMs] = [await cluster.counters(), performance.now()];
    if (counters.invocations !== last.counters.invocations) last = { counters, atMs };
    else if (atMs - last.atMs > quietMs) return last;
  }
}
