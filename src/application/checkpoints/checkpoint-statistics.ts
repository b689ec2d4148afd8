/** Counts of the checkpoints of an application since its start. */
export interface CheckpointStatistics {
  /** Checkpoints that were taken, and attempts that failed. */
  readonly taken: number;
  readonly failed: number;
  /** The last checkpoint that was taken. */
  readonly last: { readonly id: string; readonly commit: number; readonly bytes: number; readonly durationMs: number } | undefined;
  /** Bytes uploaded by all of them. */
  readonly bytesUploaded: number;
  /** Longest time for which a checkpoint has kept functions from running, in milliseconds. */
  readonly loopPauseMsMax: number;
  /** The epoch of the lease, and whether it is held now. */
  readonly epoch: number;
  readonly leaseHeld: boolean;
}
