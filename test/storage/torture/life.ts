import { hasCode, StatefunError } from '../../../src/shared/errors.ts';
import type { Store } from '../../../src/storage/store.ts';
import type { SimulatedDisk } from '../simulated-disk.ts';
import { Violation, type History } from './history.ts';
import type { StoreOpener } from './store-opener.ts';
import { KeptEntries, nextCommit } from './workload.ts';

export interface Life {
  readonly disk: SimulatedDisk;
  readonly folder: string;
  readonly open: StoreOpener;
  readonly history: History;
  /** Chooses the commits. */
  readonly random: () => number;
  readonly commits: number;
}

/**
 * Opens the store, reads everything, commits, reads everything after each commit, and closes. Ends early when the disk fails or stops.
 * Whatever happens, the store does what its port promises, or this throws a violation.
 */
export async function live(life: Life): Promise<void> {
  const { disk } = life;
  const store = await openStore(life);
  if (store === undefined) return;
  try {
    if (await reads(life, () => life.history.verifyOpened(store))) await commitAll(life, store);
  } finally {
    await closeStore(life, store);
  }
  if (!disk.faults.stopped && disk.openFiles.length > 0)
    throw new Violation(`files are still open after closing: ${disk.openFiles.join(', ')}`);
}

async function openStore(life: Life): Promise<Store | undefined> {
  try {
    return await life.open(life.disk, life.folder);
  } catch (error) {
    ensureExplained(life, error, 'opening');
    if (!life.disk.faults.stopped && life.disk.openFiles.length > 0)
      throw new Violation(`files are still open after a refusal: ${life.disk.openFiles.join(', ')}`);
    return undefined;
  }
}

async function commitAll(life: Life, store: Store): Promise<void> {
  const entries = new KeptEntries();
  for (let left = life.commits; left > 0; left -= 1) {
    const changes = entries.attach(nextCommit(life.history.begun + 1, life.random), life.random);
    life.history.begin(changes);
    try {
      await store.commit(changes);
    } catch (error) {
      ensureExplained(life, error, `commit ${life.history.begun}`);
      await ensureFailed(life, store, error);
      return;
    }
    life.history.promise();
    if (!(await reads(life, () => life.history.verifyRunning(store)))) return;
  }
}

/** Whether the reads went well; when a fault of the disk has hit one, they may fail, but never give a wrong answer. */
async function reads(life: Life, read: () => Promise<void>): Promise<boolean> {
  try {
    await read();
    return true;
  } catch (error) {
    if (error instanceof Violation) throw error;
    ensureExplained(life, error, 'a read');
    return false;
  }
}

/** STORE-S4: after a failed commit every later one rejects with the same error, and nothing is written any more. */
async function ensureFailed(life: Life, store: Store, failure: unknown): Promise<void> {
  const changesBefore = life.disk.changes;
  for (const call of [() => store.commit([]), async () => void (await store.load('counter'))]) {
    const later = await Promise.resolve()
      .then(call)
      .then(
        () => new Violation('a store that had failed answered'),
        (error: unknown) => error,
      );
    if (later !== failure) throw new Violation(`a store that had failed with "${text(failure)}" goes on with "${text(later)}"`);
  }
  if (life.disk.changes !== changesBefore) throw new Violation('a store that had failed wrote');
}

async function closeStore(life: Life, store: Store): Promise<void> {
  try {
    await store.close();
  } catch (error) {
    ensureExplained(life, error, 'closing');
  }
}

/** An error needs a reason: a fault of the disk that has hit, be it in the background, or the end of the machine; and a code for whoever reads it. */
function ensureExplained(life: Life, error: unknown, what: string): void {
  const { disk } = life;
  if (disk.faults.stopped) return;
  if (disk.faults.failures === 0) throw new Violation(`${what} failed though the disk did not: ${text(error)}`);
  if (hasCode(error, 'STORE_CORRUPT')) throw new Violation(`${what} calls a disk that failed damaged: ${text(error)}`);
  if (what !== 'closing' && !StatefunError.is(error)) throw new Violation(`${what} failed with an error without a code: ${text(error)}`);
}

function text(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
