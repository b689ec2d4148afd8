/** The ways to run the shopping cart. */
export const modes = ['durable', 'not-durable', 'bare-loop', 'durable-anew', 'durable-evicted'] as const;

export type Mode = (typeof modes)[number];

/** The modes in reports. */
export const modeTitles: Readonly<Record<Mode, string>> = {
  durable: 'durable',
  'not-durable': 'not durable',
  'bare-loop': 'bare loop',
  'durable-anew': 'egress made anew',
  'durable-evicted': 'half evicted',
};

/** The task of a child process. */
export interface Task {
  readonly mode: Mode;
  /** Measured events, after those that fill the carts. */
  readonly events: number;
  /** How long the latency is measured, in milliseconds; 0 for not at all. */
  readonly latencyMs: number;
  /** Folder in which the state folder is created. */
  readonly folder: string;
  /** File for a CPU profile of the engine's thread while it is measured. */
  readonly cpuProfile?: string;
}

export interface Latency {
  readonly samples: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

/** The result of one child process. */
export interface Measurement {
  readonly mode: Mode;
  readonly events: number;
  readonly eventBytes: number;
  readonly durationMs: number;
  /** CPU time of all threads of the process. It says more than the duration if other processes use the machine. */
  readonly cpuMs: number;
  readonly egressRecords: number;
  readonly egressBytes: number;
  /** Digest of the final state of every cart: equal in every mode. */
  readonly stateDigest: string;
  readonly rssBytesMax: number;
  /** Bytes allocated in the heap of the engine's thread for an event. */
  readonly allocatedBytesPerEvent: number;
  /** Undefined for the bare loop, which has none. */
  readonly invocations?: number;
  readonly commits?: number;
  /** Bytes passed to write calls; undefined where the system does not count them. */
  readonly writtenBytes?: number;
  /** At half of the events/s that were measured. */
  readonly latency?: Latency;
  /** Of single events, each into an engine at rest. */
  readonly latencyAtRest?: Latency;
}
