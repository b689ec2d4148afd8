import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { BareLoop } from '../bare-loop.ts';
import { digestOf } from '../cart-digest.ts';
import { cartCount } from '../cart-events.ts';
import { toCount } from '../count.ts';
import { describeMachine } from '../machine.ts';
import { findNode, type NodeExecutable } from '../node-executable.ts';
import { watchOthers } from '../others-share.ts';
import { outputOptions, toFormat, writeReport, type OutputFormat } from '../output.ts';
import { formatNumber } from '../range.ts';
import { EventFile, writeEventFile } from './event-file.ts';
import { flink } from './flink.ts';
import { bareLoop, engine } from './ours.ts';
import { peerNames, type Peer, type PeerMeasurement, type PeerName, type PeerTask } from './peer.ts';
import { formatPeersReport, type PeerRound, type PeersReport } from './report.ts';
import { restate } from './restate/restate.ts';

/** Events for peers that take milliseconds for each. */
const small = { keys: 100, warm: 300, count: 1_500 };

export interface PeersOptions {
  readonly rounds: number;
  readonly warm: number;
  readonly count: number;
  readonly latencySeconds: number;
  readonly names: readonly PeerName[];
  readonly isOneCore: boolean;
  readonly format: OutputFormat;
  readonly node: string | undefined;
}

/** The options of `npm run bench -- peers`. Throws for a peer that does not exist. */
export function readPeersOptions(parameters: readonly string[]): PeersOptions {
  const { values } = parseArgs({
    args: [...parameters],
    options: {
      rounds: { type: 'string' },
      warm: { type: 'string' },
      events: { type: 'string' },
      latency: { type: 'string' },
      only: { type: 'string', multiple: true },
      full: { type: 'boolean', default: false },
      'one-core': { type: 'boolean', default: false },
      ...outputOptions,
      node: { type: 'string' },
    },
  });
  const { full, only = peerNames } = values;
  const unknown = only.filter((name) => !peerNames.some((known) => known === name));
  if (unknown.length > 0) throw new Error(`there is no peer "${unknown[0] ?? ''}"; there are: ${peerNames.join(', ')}`);
  const latency = values.latency ?? (full ? '10' : '0');
  return {
    rounds: toCount('rounds', values.rounds ?? (full ? '5' : '3')),
    warm: toCount('warm', values.warm ?? (full ? '120000' : '60000')),
    count: toCount('events', values.events ?? (full ? '300000' : '100000')),
    latencySeconds: latency === '0' ? 0 : toCount('latency', latency),
    names: peerNames.filter((name) => only.includes(name)),
    isOneCore: values['one-core'],
    format: toFormat(values),
    node: values.node,
  };
}

interface PreparedPeer {
  readonly name: PeerName;
  readonly peer: Peer;
  readonly version: string;
}

/** The shopping cart on this engine and on others; see BENCHMARKS.md. */
export async function runPeers(parameters: readonly string[]): Promise<void> {
  const options = readPeersOptions(parameters);
  const node = findNode(options.node);
  const prefix = options.isOneCore ? oneCore() : [];
  if (node === undefined || prefix === undefined) return;
  const prepared = prepare(options.names, node);
  if (prepared.length === 0) return;
  const folder = mkdtempSync(join(tmpdir(), 'statefun-bench-'));
  try {
    const machine = describeMachine(folder, node.version);
    const others = watchOthers();
    const tasks = makeTasks(options, folder, prefix);
    const rounds = await measureRounds(options.rounds, prepared, tasks);
    const report: PeersReport = {
      machine,
      othersShare: others(),
      isOneCore: options.isOneCore,
      peers: Object.fromEntries(prepared.map(({ name, version, peer: { title, isSmall } }) => [name, { title, version, isSmall }])),
      rounds,
      smallDigest: prepared.some(({ peer }) => peer.isSmall) ? bareDigest(tasks.small) : undefined,
    };
    writeReport(options.isOneCore ? 'peers on one processor' : 'peers', report, options.format, formatPeersReport);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function prepare(names: readonly PeerName[], node: NodeExecutable): readonly PreparedPeer[] {
  const peers: Readonly<Record<PeerName, Peer>> = {
    ours: engine(node),
    'bare-loop': bareLoop(node),
    'flink-hashmap': flink('hashmap'),
    'flink-rocksdb': flink('rocksdb'),
    restate,
  };
  return names.flatMap((name) => {
    const version = peers[name].prepare();
    return version === undefined ? [] : [{ name, peer: peers[name], version }];
  });
}

/** The command that keeps a process on one processor; undefined, after a line with the reason, where there is none. */
function oneCore(): readonly string[] | undefined {
  if (spawnSync('taskset', ['--version']).status === 0) return ['taskset', '--cpu-list', '0'];
  console.error('skipped: peers on one processor (there is no taskset on this machine)');
  return undefined;
}

interface Tasks {
  readonly full: PeerTask;
  readonly small: PeerTask;
}

function makeTasks({ warm, count, latencySeconds }: PeersOptions, parent: string, prefix: readonly string[]): Tasks {
  const folder = join(parent, 'peer');
  const [fullEvents, smallEvents] = [join(parent, 'events'), join(parent, 'few-events')];
  // The events of the latency follow the measured ones, at half their speed for a few seconds.
  const ahead = warm + count + (latencySeconds > 0 ? count : 0);
  const fill = writeEventFile(fullEvents, { keys: cartCount, count: ahead });
  const smallFill = writeEventFile(smallEvents, { keys: small.keys, count: small.warm + small.count });
  return {
    full: { events: fullEvents, fill, warm, count, latencySeconds, folder, prefix },
    small: { events: smallEvents, fill: smallFill, warm: small.warm, count: small.count, latencySeconds: 0, folder, prefix },
  };
}

/** The peers take turns, so that other work of the machine affects all of them. */
async function measureRounds(rounds: number, prepared: readonly PreparedPeer[], tasks: Tasks): Promise<readonly PeerRound[]> {
  const measured: PeerRound[] = [];
  for (let number = 1; number <= rounds; number += 1) {
    const round: Partial<Record<PeerName, PeerMeasurement>> = {};
    for (const { name, peer } of prepared) {
      const task = peer.isSmall ? tasks.small : tasks.full;
      mkdirSync(task.folder);
      const one = (round[name] = await peer.measure(task));
      rmSync(task.folder, { recursive: true, force: true });
      const figures = `${formatNumber((one.events * 1_000) / one.durationMs)} events/s, ${formatNumber((one.cpuMs * 1_000) / one.events)} µs cpu an event`;
      console.error(`round ${number} of ${rounds}, ${name}: ${figures}`);
    }
    measured.push(round);
  }
  return measured;
}

/** What the carts should hold at the end. */
function bareDigest({ events: path, fill }: PeerTask): string {
  const events = new EventFile(path);
  const loop = new BareLoop();
  for (let index = 0; index < events.count; index += 1) loop.handle(events.event(index));
  return digestOf(events.cartIds(fill).map((id) => loop.items(id)));
}
