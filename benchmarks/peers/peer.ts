import type { Elapsed } from '../stopwatch.ts';

export const peerNames = ['ours', 'bare-loop', 'flink-hashmap', 'flink-rocksdb', 'restate'] as const;
export type PeerName = (typeof peerNames)[number];

/** A run of one peer. */
export interface PeerTask {
  /** The file of events. */
  readonly events: string;
  /** Events that fill the carts. */
  readonly fill: number;
  /** Events after them that are not measured. */
  readonly warm: number;
  /** Measured events. */
  readonly count: number;
  /** How long latency is measured at half the speed, in seconds; 0 for not at all. */
  readonly latencySeconds: number;
  /** Folder for state and checkpoints. It is removed afterwards. */
  readonly folder: string;
  /** What every process of the peer is started with, to keep it on one processor for example. */
  readonly prefix: readonly string[];
}

export interface PeerLatency {
  readonly samples: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

export interface PeerMeasurement extends Elapsed {
  readonly events: number;
  readonly egressRecords: number;
  /** Digest of the final state of every cart, equal for the same events. */
  readonly stateDigest: string;
  /** Undefined where it is not known. */
  readonly invocations?: number;
  readonly rssBytesMax: number;
  /** From when an event was due to when its cart status reached the outside. */
  readonly latency?: PeerLatency;
  /** The same until a consumer that reads exactly once sees it, where that is later. */
  readonly visible?: PeerLatency;
}

/** A system that runs the shopping cart. */
export interface Peer {
  readonly title: string;
  /** Whether it is measured with few keys and events, as it takes milliseconds for an event. */
  readonly isSmall: boolean;
  /** Installs what it needs and returns the versions. Returns undefined when that cannot be had here; a line with the reason has been printed then. */
  prepare(): string | undefined;
  measure(task: PeerTask): Promise<PeerMeasurement>;
}
