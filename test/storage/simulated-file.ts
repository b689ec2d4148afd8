import { below } from '../../src/shared/seeded-random.ts';

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
  #seen: Contents;
  #durable: Contents;
  #unsynced: Change[] = [];

  constructor(bytes: Buffer = Buffer.alloc(0)) {
    this.#seen = new Contents(bytes);
    this.#durable = new Contents(bytes);
  }

  get bytes(): Buffer {
    return this.#seen.bytes;
  }

  get size(): number {
    return this.#seen.length;
  }

  write(position: number, part: Uint8Array): void {
    this.#change({ position, bytes: Buffer.from(part) });
  }

  truncate(size: number): void {
    this.#change({ size });
  }

  sync(): void {
    for (const change of this.#unsynced) this.#durable.apply(change);
    this.#unsynced = [];
  }

  /** Some of what was to be synced is on the disk, and the system forgets that the rest is not. */
  failSync(random: Random): void {
    applySome(this.#durable, this.#unsynced, random);
    this.#unsynced = [];
  }

  /** The system drops clean pages from its memory: what a failed sync left behind is read from the disk from then on. */
  evict(): void {
    this.#seen = new Contents(this.#durable.bytes);
    for (const change of this.#unsynced) this.#seen.apply(change);
  }

  /** The file as a power cut may leave it. */
  afterPowerCut(random: Random): SimulatedFile {
    if (this.#unsynced.length === 0) return new SimulatedFile(this.#durable.bytes);
    const left = new Contents(this.#durable.bytes);
    applySome(left, this.#unsynced, random);
    return new SimulatedFile(left.bytes);
  }

  afterProcessCrash(): SimulatedFile {
    const copy = new SimulatedFile(this.#seen.bytes);
    copy.#durable = new Contents(this.#durable.bytes);
    copy.#unsynced = [...this.#unsynced];
    return copy;
  }

  #change(change: Change): void {
    this.#unsynced.push(change);
    this.#seen.apply(change);
  }
}

/** Bytes that grow and shrink; those given at first are copied when they are changed. */
class Contents {
  #buffer: Buffer;
  #length: number;
  #owned = false;

  constructor(bytes: Buffer) {
    this.#buffer = bytes;
    this.#length = bytes.length;
  }

  /** Stays as it is, whatever comes later. */
  get bytes(): Buffer {
    this.#owned = false;
    return this.#buffer.subarray(0, this.#length);
  }

  get length(): number {
    return this.#length;
  }

  apply(change: Change): void {
    if ('size' in change) {
      this.resize(change.size);
    } else {
      this.resize(Math.max(this.#length, change.position + change.bytes.length));
      change.bytes.copy(this.#buffer, change.position);
    }
  }

  resize(size: number): void {
    const before = this.#length;
    if (!this.#owned || size > this.#buffer.length) {
      const larger = Buffer.alloc(Math.max(size, Math.min(2 * size, size + 65_536)));
      this.#buffer.copy(larger, 0, 0, Math.min(before, size));
      this.#buffer = larger;
      this.#owned = true;
    }
    if (size > before) this.#buffer.fill(0, before, size);
    this.#length = size;
  }
}

/** One of the states that unsynced changes may leave: all, none, the first ones with the next one torn, or any sectors in any order. */
function applySome(durable: Contents, changes: readonly Change[], random: Random): void {
  if (changes.length === 0) return;
  const outcome = below(random, 4);
  const kept = outcome === 0 ? 0 : outcome === 1 ? changes.length : below(random, changes.length);
  if (outcome === 3) {
    for (const change of changes) applyScattered(durable, change, random);
    return;
  }
  for (const change of changes.slice(0, kept)) durable.apply(change);
  const torn = outcome === 2 ? changes[kept] : undefined;
  if (torn !== undefined && !('size' in torn)) durable.apply({ ...torn, bytes: prefix(torn.bytes, random) });
}

/** Each sector of a write by itself; where one is lost the file may have grown none the less, over zeros or what was on the disk before. */
function applyScattered(contents: Contents, change: Change, random: Random): void {
  if ('size' in change) {
    if (below(random, 2) === 0) contents.apply(change);
    return;
  }
  for (let start = 0; start < change.bytes.length;) {
    const position = change.position + start;
    const end = Math.min(start + sectorBytes - (position % sectorBytes), change.bytes.length);
    const bytes = change.bytes.subarray(start, end);
    const fate = below(random, 8);
    if (fate < 4) contents.apply({ position, bytes });
    else if (fate === 4) contents.apply({ position, bytes: prefix(bytes, random) });
    else if (fate < 7 && contents.length < position + bytes.length) {
      const before = contents.length;
      contents.resize(position + bytes.length);
      if (fate === 6) contents.apply({ position: before, bytes: randomBytes(contents.length - before, random) });
    }
    start = end;
  }
}

function randomBytes(length: number, random: Random): Buffer {
  return Buffer.from(Array.from({ length }, () => below(random, 256)));
}

function prefix(bytes: Buffer, random: Random): Buffer {
  return bytes.subarray(0, below(random, bytes.length + 1));
}
