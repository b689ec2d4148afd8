/** The log store, and what else one could have taken. */
export type Subject = 'log' | 'level' | 'lmdb';

export const subjects: readonly Subject[] = ['log', 'level', 'lmdb'];

/** What a child process is asked to measure. */
export interface StoreTask {
  readonly subject: Subject;
  /** `work` fills the folder and measures; `start` opens what `work` has left. */
  readonly phase: 'work' | 'start';
  readonly keys: number;
  /** How long overwriting goes on, in seconds. */
  readonly seconds: number;
  readonly folder: string;
}

/** Of a process that filled a store and worked with it. */
export interface WorkMeasurement {
  readonly loadedPerSecond: number;
  readonly committedPerSecond: number;
  readonly readsPerSecond: number;
  readonly overwrite: Overwrite;
  readonly rssBytesMax: number;
}

/** Of overwriting the same keys again and again, every commit durable. */
export interface Overwrite {
  /** Keys a second in the first window, before there is much garbage, and over everything. */
  readonly firstPerSecond: number;
  readonly perSecond: number;
  /** Of a commit, in milliseconds. */
  readonly firstP99Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /** Bytes of the folder over bytes of the keys and values that are there. */
  readonly spaceMax: number;
  readonly spaceAtEnd: number;
  /** How often all keys were written, on average. */
  readonly turns: number;
}

/** Of a process that opened a store with all its keys. */
export interface StartMeasurement {
  readonly openMs: number;
  /** How much memory opening took, for each key; of the heap and outside of it. */
  readonly memoryBytesPerKey: number;
  readonly rssBytesPerKey: number;
}
