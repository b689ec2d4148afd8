import { below } from '../engine/random.ts';

/** What disks write as one: a write may be torn between sectors, and the strictest disks tear inside of one as well. */
export const sectorBytes = 512;

type Random = () => number;
type Change = { readonly position: number; readonly bytes: Buffer } | { readonly size: number };

/**
 * The contents of one file: what programs see, what the disk holds, and the changes between the two that no sync has covered yet.
 *
 * After a failed sync the two differ and no change is left that says so: the system counts those bytes as written. They stay so until
 * somebody writes them again.
 */
export class SimulatedFile {
  #seen: Buffer;
  #durable: Buffer;
  #unsynced: Change[] = [];

  constructor(contents: Buffer = Buffer.alloc(0)) {
    this.#seen = contents;
    this.#durable = contents;
  }

  get bytes(): Buffer {
    return this.#seen;
  }

  write(position: number, part: Uint8Array): void {
    this.#change({ position, bytes: Buffer.from(part) });
  }

  truncate(size: number): void {
    this.#change({ size });
  }

  sync(): void {
    this.#durable = this.#unsynced.reduce(applied, this.#durable);
    this.#unsynced = [];
  }

  /** Some of what was to be synced is on the disk, and the system forgets that the rest is not. */
  failSync(random: Random): void {
    this.#durable = surviving(this.#durable, this.#unsynced, random);
    this.#unsynced = [];
  }

  /** The system drops clean pages from its memory: what a failed sync left behind is read from the disk from then on. */
  evict(): void {
    this.#seen = this.#unsynced.reduce(applied, this.#durable);
  }

  /** The file as a power cut may leave it. */
  afterPowerCut(random: Random): SimulatedFile {
    return new SimulatedFile(surviving(this.#durable, this.#unsynced, random));
  }

  afterProcessCrash(): SimulatedFile {
    const copy = new SimulatedFile();
    copy.#seen = this.#seen;
    copy.#durable = this.#durable;
    copy.#unsynced = [...this.#unsynced];
    return copy;
  }

  #change(change: Change): void {
    this.#unsynced.push(change);
    this.#seen = applied(this.#seen, change);
  }
}

/** Never changes the buffer it is given: several states of a file share one. */
function applied(contents: Buffer, change: Change): Buffer {
  if ('size' in change) return resized(contents, change.size);
  const after = resized(contents, Math.max(contents.length, change.position + change.bytes.length));
  change.bytes.copy(after, change.position);
  return after;
}

function resized(contents: Buffer, size: number): Buffer {
  const after = Buffer.alloc(size);
  contents.copy(after, 0, 0, size);
  return after;
}

/** One of the states that unsynced changes may leave: all, none, the first ones with the next one torn, or any sectors in any order. */
function surviving(durable: Buffer, changes: readonly Change[], random: Random): Buffer {
  if (changes.length === 0) return durable;
  const outcome = below(random, 4);
  if (outcome === 0) return durable;
  if (outcome === 1) return changes.reduce(applied, durable);
  if (outcome === 2) {
    const kept = below(random, changes.length);
    const before = changes.slice(0, kept).reduce(applied, durable);
    const torn = changes[kept];
    return torn === undefined || 'size' in torn ? before : applied(before, { ...torn, bytes: prefix(torn.bytes, random) });
  }
  return changes.reduce((contents, change) => scattered(contents, change, random), durable);
}

/** Each sector of a write by itself; where one is lost the file may have grown none the less, over zeros or what was on the disk before. */
function scattered(contents: Buffer, change: Change, random: Random): Buffer {
  if ('size' in change) return below(random, 2) === 0 ? contents : applied(contents, change);
  let after = contents;
  for (let start = 0; start < change.bytes.length;) {
    const position = change.position + start;
    const end = Math.min(start + sectorBytes - (position % sectorBytes), change.bytes.length);
    const bytes = change.bytes.subarray(start, end);
    const fate = below(random, 8);
    if (fate < 4) after = applied(after, { position, bytes });
    else if (fate === 4) after = applied(after, { position, bytes: prefix(bytes, random) });
    else if (fate === 5) after = grown(after, position + bytes.length, () => 0);
    else if (fate === 6) after = grown(after, position + bytes.length, () => below(random, 256));
    start = end;
  }
  return after;
}

function grown(contents: Buffer, size: number, byte: () => number): Buffer {
  if (size <= contents.length) return contents;
  const after = resized(contents, size);
  for (let offset = contents.length; offset < size; offset += 1) after.writeUInt8(byte(), offset);
  return after;
}

function prefix(bytes: Buffer, random: Random): Buffer {
  return bytes.subarray(0, below(random, bytes.length + 1));
}
