import type { Engine } from '../engine/engine.ts';
import { deadLettersCollection, delayedCollection, messagesCollection } from '../engine/partition/stored-entries.ts';
import { StatefunError } from '../shared/errors.ts';
import { delay } from '../shared/time/timers.ts';
import { askLockHolder } from '../storage/folder/folder-lock.ts';
import type { RequestHandler } from '../storage/folder/lock-requests.ts';
import type { Store } from '../storage/store.ts';
import { unknownDeadLetter } from './stored-dead-letters.ts';

/** Asks a running application to change dead letters: those with the ids, or all without ids. */
export interface DeadLetterRequest {
  readonly change: 'redrive' | 'drop';
  readonly ids?: readonly string[] | undefined;
}

/** Interval between two checks whether a change is durable, in milliseconds. */
const durableIntervalMs = 5;

/** Asks a running application to drop pending and delayed messages: by id, by function type, or all. */
export interface MessageRequest {
  readonly change: 'drop-messages';
  readonly ids?: readonly string[] | undefined;
  readonly types?: readonly string[] | undefined;
}

/** Handles the requests of tools to a running engine. */
export function toolRequests(engine: Engine, store: Store): RequestHandler {
  const ofDeadLetters = deadLetterRequests(engine, store);
  return async (request) => {
    const messages = parseMessageRequest(request);
    return messages === undefined ? ofDeadLetters(request) : dropMessages(engine, store, messages);
  };
}

async function dropMessages(engine: Engine, store: Store, { ids, types }: MessageRequest): Promise<object> {
  const functionTypes = types === undefined ? undefined : new Set(types);
  const sequences = ids === undefined ? undefined : new Set(ids.map(Number));
  const dropped = engine.dropMessages({ sequences, functionTypes }).map(String);
  for (const collection of [messagesCollection, delayedCollection]) await untilRemoved(store, collection, dropped);
  return { changed: dropped };
}

/** Handles requests about the dead letters of a running engine. A request changes all its dead letters in one commit, or none. */
export function deadLetterRequests(engine: Pick<Engine, 'deadLetters' | 'redrive' | 'drop'>, store: Store): RequestHandler {
  return async (request) => {
    const { change, ids } = parseRequest(request);
    const kept = engine.deadLetters().map(({ id }) => id);
    const there = new Set(kept);
    const unknown = ids?.find((id) => !there.has(id));
    if (unknown !== undefined) throw unknownDeadLetter(unknown);
    const asked = new Set(ids);
    const changed = ids === undefined ? kept : kept.filter((id) => asked.has(id));
    // Without waiting in between, so that all changes are in one group.
    for (const id of changed) engine[change](id);
    await untilRemoved(store, deadLettersCollection, changed);
    return { changed };
  };
}

/**
 * Sends a request to the running application of the folder. Returns the ids of the dead letters or messages that it changed durably; undefined
 * when no engine runs on the folder. Throws DEAD_LETTER_UNKNOWN or MESSAGE_UNKNOWN, and changes nothing, when one of the ids does not exist.
 */
export async function askRunning(folder: string, request: DeadLetterRequest | MessageRequest): Promise<readonly string[] | undefined> {
  const answer = (await askLockHolder(folder, request)) as { readonly changed: readonly string[] } | undefined; // see toolRequests
  return answer?.changed;
}

/** Returns undefined for requests of another kind. */
function parseMessageRequest(request: unknown): MessageRequest | undefined {
  const { change, ids, types } = (request ?? {}) as Readonly<Record<string, unknown>>; // any value but null and undefined has properties
  if (change !== 'drop-messages') return undefined;
  if ((ids === undefined || isTexts(ids)) && (types === undefined || isTexts(types))) return { change, ids, types };
  throw new StatefunError('REQUEST_INVALID', `the running application does not know the request ${JSON.stringify(request)}.`);
}

function parseRequest(request: unknown): DeadLetterRequest {
  const { change, ids } = (request ?? {}) as Readonly<Record<string, unknown>>; // any value but null and undefined has properties
  const knows = (change === 'redrive' || change === 'drop') && (ids === undefined || isTexts(ids));
  if (knows) return { change, ids };
  throw new StatefunError('REQUEST_INVALID', `the running application does not know the request ${JSON.stringify(request)}.`);
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((id) => typeof id === 'string');
}

/** Waits until the keys are removed from the store: the commit of a redrive or drop does that. */
async function untilRemoved(store: Store, collection: string, ids: readonly string[]): Promise<void> {
  const removed = new Set(ids);
  while ((await store.load(collection)).some(({ key }) => removed.has(key))) await delay(durableIntervalMs);
}
