import type { Store, StoreChange } from '../../../src/storage/store.ts';
import { applyCommit, commitOf, differenceOf, readContents, type Contents } from './workload.ts';

/** What a store did that it must not do. */
export class Violation extends Error {}

/** What a store was given and what it promised, over all its lives on one disk. */
export class History {
  /** What is there after each commit, from none on; beyond the promised ones each may or may not have survived. */
  readonly #after: Contents[] = [new Map()];
  #promised = 0;

  /** Commits that must be there after any interruption. */
  get promised(): number {
    return this.#promised;
  }

  /** Commits that may be there. */
  get begun(): number {
    return this.#after.length - 1;
  }

  get latest(): Contents {
    return this.#after.at(-1) as Contents; // the first one is always there
  }

  /** A copy for another outcome of the same interruption. */
  copy(): History {
    const copy = new History();
    copy.#after.splice(0, 1, ...this.#after);
    copy.#promised = this.#promised;
    return copy;
  }

  begin(changes: readonly StoreChange[]): void {
    this.#after.push(applyCommit(this.latest, changes));
  }

  /** The commit begun last has resolved. */
  promise(): void {
    this.#promised = this.begun;
  }

  /** Reads everything from a store that has just been opened. What it shows is promised from then on. */
  async verifyOpened(store: Store): Promise<void> {
    const contents = await readContents(store);
    const commits = commitOf(contents);
    this.#ensure(contents, commits);
    const { commits: counted } = store.stats();
    if (counted !== commits) throw new Violation(`the store counts ${counted} commits and shows what commit ${commits} wrote`);
    this.#after.length = commits + 1;
    this.#promised = commits;
  }

  /** The commit whose state a store shows that was opened on damaged files. */
  async recognize(store: Store): Promise<string> {
    const contents = await readContents(store);
    const commits = commitOf(contents);
    const difference = differenceOf(this.#after[commits] ?? new Map<string, string>(), contents);
    if (difference !== undefined) throw new Violation(`what is there is not commit ${commits}: ${difference}`);
    return `commit ${commits}`;
  }

  /** Reads everything from a store between commits. */
  async verifyRunning(store: Store): Promise<void> {
    const difference = differenceOf(this.latest, await readContents(store));
    if (difference !== undefined) throw new Violation(`after commit ${this.begun} ${difference}`);
  }

  #ensure(contents: Contents, commits: number): void {
    if (commits < this.#promised) throw new Violation(`commit ${this.#promised} is lost: the last one there is ${commits}`);
    const expected = this.#after[commits];
    if (expected === undefined) throw new Violation(`commit ${commits} is there, and only ${this.begun} were begun`);
    const difference = differenceOf(expected, contents);
    if (difference !== undefined) throw new Violation(`what is there is not commit ${commits}: ${difference}`);
  }
}
