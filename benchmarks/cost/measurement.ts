import type { Row } from './rows.ts';

/** The task of a child process. */
export interface CostTask {
  readonly row: Row;
  /** How long the row is measured, in milliseconds. */
  readonly durationMs: number;
  /** Folder in which the state folder is created. */
  readonly folder: string;
  /** File for a CPU profile of the engine's thread while the row is measured. */
  readonly cpuProfile?: string;
}

export interface CostMeasurement {
  readonly events: number;
  readonly invocations: number;
  readonly durationMs: number;
  /** Processor time of all threads. */
  readonly cpuMs: number;
  /** Bytes passed to write calls, of a compaction too; undefined where the system does not count them. */
  readonly writtenBytes: number | undefined;
  readonly rssBytesMax: number;
  /** The most handlers that have waited together. */
  readonly waitingMax: number;
  /** How long it took to give every address its first state, in milliseconds. */
  readonly fillMs: number;
}
