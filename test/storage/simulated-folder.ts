import { below } from '../../src/shared/seeded-random.ts';
import { type SimulatedFile } from './simulated-file.ts';

export type SimulatedEntry = SimulatedFile | SimulatedFolder;

/** Makes a copy of an entry; the same one for two names of one file. */
export type CopyEntry = (entry: SimulatedEntry) => SimulatedEntry;

/** Names that change together or not at all: one for a creation or removal, two for a rename. Undefined: no longer there. */
type NameChange = ReadonlyMap<string, SimulatedEntry | undefined>;

/** The names in one folder: what programs see, what the disk holds, and the changes between the two that no sync has covered yet. */
export class SimulatedFolder {
  #seen = new Map<string, SimulatedEntry>();
  #durable: ReadonlyMap<string, SimulatedEntry> = new Map();
  #unsynced: NameChange[] = [];

  get entries(): ReadonlyMap<string, SimulatedEntry> {
    return this.#seen;
  }

  set(name: string, entry: SimulatedEntry): void {
    this.#change(new Map([[name, entry]]));
  }

  remove(name: string): void {
    this.#change(new Map([[name, undefined]]));
  }

  rename(from: string, to: string, entry: SimulatedEntry): void {
    const change = new Map<string, SimulatedEntry | undefined>([[from, undefined]]);
    this.#change(change.set(to, entry));
  }

  sync(): void {
    this.#durable = new Map(this.#seen);
    this.#unsynced = [];
  }

  /** The folder as a power cut may leave it, whatever becomes of the files in it. */
  afterPowerCut(copy: CopyEntry, random: () => number): SimulatedFolder {
    const names = new Map(this.#durable);
    for (const change of surviving(this.#unsynced, random)) apply(names, change);
    const after = new SimulatedFolder();
    after.#seen = copied(names, copy);
    after.#durable = new Map(after.#seen);
    return after;
  }

  afterProcessCrash(copy: CopyEntry): SimulatedFolder {
    const after = new SimulatedFolder();
    after.#seen = copied(this.#seen, copy);
    after.#durable = copied(this.#durable, copy);
    after.#unsynced = this.#unsynced.map(
      (change) => new Map(Array.from(change, ([name, entry]) => [name, entry === undefined ? undefined : copy(entry)])),
    );
    return after;
  }

  #change(change: NameChange): void {
    this.#unsynced.push(change);
    apply(this.#seen, change);
  }
}

function apply(names: Map<string, SimulatedEntry>, change: NameChange): void {
  for (const [name, entry] of change) {
    if (entry === undefined) names.delete(name);
    else names.set(name, entry);
  }
}

function copied(names: ReadonlyMap<string, SimulatedEntry>, copy: CopyEntry): Map<string, SimulatedEntry> {
  return new Map(Array.from(names, ([name, entry]) => [name, copy(entry)]));
}

/** All, none, the first ones, or any of them. */
function surviving(changes: readonly NameChange[], random: () => number): readonly NameChange[] {
  const outcome = below(random, 4);
  if (outcome === 0) return [];
  if (outcome === 1) return changes;
  if (outcome === 2) return changes.slice(0, below(random, changes.length + 1));
  return changes.filter(() => below(random, 2) === 0);
}
