import { unknownMessage } from '../engine/partition/drop-messages.ts';
import { decodeMessage, delayedCollection, messagesCollection } from '../engine/partition/stored-entries.ts';
import { parseAddress } from '../shared/address.ts';
import type { Logger } from '../shared/logger.ts';
import { inlineThreads } from '../storage/threads/store-threads.ts';
import type { StoreChange } from '../storage/store.ts';
import { openStore } from '../engine/recovery/open-store.ts';

export interface DropMessagesOptions {
  readonly folder: string;
  /** Undefined for all messages, or all messages of the types. */
  readonly ids: readonly string[] | undefined;
  /** Function types of the targets; undefined for any. */
  readonly types: readonly string[] | undefined;
  readonly logger: Logger;
}

/**
 * Drops pending and delayed messages of a stopped application, in one commit, and returns their ids.
 *
 * Throws STATE_FOLDER_LOCKED while the application runs. Throws MESSAGE_UNKNOWN and drops nothing when one of the ids does not exist.
 */
export async function dropStoredMessages({ folder, ids, types, logger }: DropMessagesOptions): Promise<readonly string[]> {
  // Threads gain nothing for one commit.
  const store = await openStore({ folder, logger, threads: inlineThreads() });
  try {
    const changes: StoreChange[] = [];
    for (const collection of [messagesCollection, delayedCollection]) {
      for (const { key, value } of await store.load(collection)) {
        const { type } = parseAddress(decodeMessage(value).header.target);
        const isMeant = (ids?.includes(key) ?? true) && (types?.includes(type) ?? true);
        if (isMeant) changes.push({ collection, key, value: undefined });
      }
    }
    const dropped = changes.map(({ key }) => key).sort((left, right) => Number(left) - Number(right));
    const unknown = ids?.find((id) => !dropped.includes(id));
    if (unknown !== undefined) throw unknownMessage(unknown);
    if (changes.length > 0) await store.commit(changes);
    return dropped;
  } finally {
    await store.close();
  }
}
