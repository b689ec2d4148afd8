/** One way to run the shopping cart. */
export type Mode = 'durable' | 'not-durable' | 'bare-loop';

export const modes: readonly Mode[] = ['durable', 'not-durable', 'bare-loop'];

/** The task of a child process. */
export interface Task {
  readonly mode: Mode;
  /** Measured events, after those that fill the carts. */
  readonly events: number;
  /** How long the latency is measured, in milliseconds; 0 for not at all. */
  readonly latencyMs: number;
  /** Folder in which the state folder is created. */
  readonly folder: string;
}

export interface Latency {
  readonly eventsPerSecond: number;
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
  /** Undefined for the bare loop, which has none. */
  readonly invocations?: number;
  readonly commits?: number;
  readonly writtenBytes?: number;
  readonly latency?: Latency;
}
