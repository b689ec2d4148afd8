/** The log store, and its alternatives. */
export type Subject = 'log' | 'level' | 'lmdb';

export const subjects: readonly Subject[] = ['log', 'level', 'lmdb'];

/** The task of a child process. */
export interface StoreTask {
  readonly subject: Subject;
  /** `work` fills the folder and measures; `start` opens the folder that `work` has filled. */
  readonly phase: 'work' | 'start';
  readonly keys: number;
  /** Duration of overwriting, in seconds. */
  readonly seconds: number;
  readonly folder: string;
}

/** Result of a process that filled a store and worked with it. */
export interface WorkMeasurement {
  readonly loadedPerSecond: number;
  readonly committedPerSecond: number;
  readonly readsPerSecond: number;
  readonly overwrite: Overwrite;
  readonly rssBytesMax: number;
}

/** Result of overwriting the same keys repeatedly, every commit durable. */
export interface Overwrite {
  /** Keys a second in the first window, before there is much garbage, and over everything. */
  readonly firstPerSecond: number;
  readonly perSecond: number;
  /** Duration of a commit, in milliseconds. */
  readonly firstP99Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /** Bytes of the folder, divided by the bytes of its keys and values. */
  readonly spaceMax: number;
  readonly spaceAtEnd: number;
  /** How often all keys were written, on average. */
  readonly turns: number;
}

/** Result of a process that opened a store with all its keys. */
export interface StartMeasurement {
  readonly openMs: number;
  /** Memory that opening used for each key, in the heap and outside of it. */
  readonly memoryBytesPerKey: number;
  readonly rssBytesPerKey: number;
}
