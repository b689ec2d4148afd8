/**
 * Names a checkpoint: the epoch of the engine that took it, and its number among those of the epoch. A later epoch is newer, whatever an engine
 * of an earlier one still writes. Its text is `4-17`.
 */
export interface CheckpointId {
  readonly epoch: number;
  /** From 1. */
  readonly sequence: number;
}

export const manifestsPrefix = 'checkpoints/';

const digits = 10;

/** Returns the key of the manifest. Keys have the order of the ids. */
export function manifestKey({ epoch, sequence }: CheckpointId): string {
  return `${manifestsPrefix}${String(epoch).padStart(digits, '0')}-${String(sequence).padStart(digits, '0')}.json`;
}

/** Returns the id in the key of a manifest; undefined for the key of another object. */
export function idOfKey(key: string): CheckpointId | undefined {
  const [, epoch, sequence] = /^checkpoints\/(\d{10})-(\d{10})\.json$/.exec(key) ?? [];
  return epoch === undefined ? undefined : { epoch: Number(epoch), sequence: Number(sequence) };
}

export function formatId({ epoch, sequence }: CheckpointId): string {
  return `${epoch}-${sequence}`;
}

/** Parses `4-17`; undefined for any other text. */
export function parseId(text: string): CheckpointId | undefined {
  const [, epoch, sequence] = /^(\d{1,10})-(\d{1,10})$/.exec(text) ?? [];
  return epoch === undefined ? undefined : { epoch: Number(epoch), sequence: Number(sequence) };
}

export function compareIds(a: CheckpointId, b: CheckpointId): number {
  return a.epoch - b.epoch || a.sequence - b.sequence;
}
