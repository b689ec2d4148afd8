/** One way to run the shopping cart. */
export type Mode = 'durable' | 'not-durable' | 'bare-loop';

export const modes: readonly Mode[] = ['durable', 'not-durable', 'bare-loop'];

/** What a child process is asked to measure. */
export interface Task {
  readonly mode: Mode;
  /** Measured events, after those that fill the carts. */
  readonly events: number;
  /** How long the latency is measured, in milliseconds; 0 for not at all. */
  readonly latencyMs: number;
  /** Where the state folder is made. */
  readonly folder: string;
}

export interface Latency {
  readonly eventsPerSecond: number;
  readonly samples: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

/** What one child process measured. */
export interface Measurement {
  readonly mode: Mode;
  readonly events: number;
  readonly eventBytes: number;
  readonly durationMs: number;
  /** Of all threads of the process. Says more than the duration where others use the machine too. */
  readonly cpuMs: number;
  readonly egressRecords: number;
  readonly egressBytes: number;
  /** Of the final state of every cart: equal in every mode. */
  readonly stateDigest: string;
  readonly rssBytesMax: number;
  /** Undefined for the bare loop, which has none. */
  readonly invocations?: number;
  readonly commits?: number;
  readonly writtenBytes?: number;
  readonly latency?: Latency;
}
