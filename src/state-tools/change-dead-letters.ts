import { dropDeadLetter, redriveRequest } from '../engine/recovery/requests.ts';
import { deadLettersCollection } from '../engine/partition/stored-entries.ts';
import type { Logger } from '../shared/logger.ts';
import { inlineThreads } from '../storage/threads/store-threads.ts';
import { openStore } from '../engine/recovery/open-store.ts';
import { unknownDeadLetter } from './stored-dead-letters.ts';

export type DeadLetterChange = 'redrive' | 'drop';

export interface ChangeOptions {
  readonly folder: string;
  readonly change: DeadLetterChange;
  /** Undefined for all dead letters. */
  readonly ids: readonly string[] | undefined;
  readonly logger: Logger;
}

/**
 * Drops dead letters of a stopped application, or requests their redrive at the next start, in one commit. Returns the ids of the changed dead
 * letters.
 *
 * Throws STATE_FOLDER_LOCKED while the application runs. Throws DEAD_LETTER_UNKNOWN and changes nothing when one of the ids does not exist.
 */
export async function changeDeadLetters({ folder, change, ids, logger }: ChangeOptions): Promise<readonly string[]> {
  // Threads gain nothing for one commit.
  const store = await openStore({ folder, logger, threads: inlineThreads() });
  try {
    const kept = (await store.load(deadLettersCollection)).map(({ key }) => key).sort((left, right) => Number(left) - Number(right));
    const there = new Set(kept);
    const unknown = ids?.find((id) => !there.has(id));
    if (unknown !== undefined) throw unknownDeadLetter(unknown);
    const asked = new Set(ids);
    const changed = ids === undefined ? kept : kept.filter((id) => asked.has(id));
    if (changed.length > 0) await store.commit(changed.flatMap(change === 'drop' ? dropDeadLetter : redriveRequest));
    return changed;
  } finally {
    await store.close();
  }
}
