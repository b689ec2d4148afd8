import type { Engine } from '../engine/engine.ts';
import { deadLettersCollection, delayedCollection, messagesCollection } from '../engine/partition/stored-entries.ts';
import { StatefunError } from '../shared/errors.ts';
import { delay } from '../shared/time/timers.ts';
import { askLockHolder } from '../storage/folder/folder-lock.ts';
import type { RequestHandler } from '../storage/folder/lock-requests.ts';
import type { Store } from '../storage/store.ts';
import { unknownDeadLetter } from './stored-dead-letters.ts';

/** What is asked of a running application: to change dead letters, or all there are when no ids are named. */
export interface DeadLetterRequest {
  readonly change: 'redrive' | 'drop';
  readonly ids?: readonly string[] | undefined;
}

/** How often the store is asked whether the change is durable, in milliseconds. */
const durableIntervalMs = 5;

/** What is asked of a running application: to drop pending and delayed messages, by id or function type, or all there are. */
export interface MessageRequest {
  readonly change: 'drop-messages';
  readonly ids?: readonly string[] | undefined;
  readonly types?: readonly string[] | undefined;
}

/** Answers what tools ask of a running engine. */
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

/** Answers requests about the dead letters of a running engine: all of a request is done, in one commit, or nothing. */
export function deadLetterRequests(engine: Pick<Engine, 'deadLetters' | 'redrive' | 'drop'>, store: Store): RequestHandler {
  return async (request) => {
    const { change, ids } = parseRequest(request);
    const kept = engine.deadLetters().map(({ id }) => id);
    const there = new Set(kept);
    const unknown = ids?.find((id) => !there.has(id));
    if (unknown !== undefined) throw unknownDeadLetter(unknown);
    const asked = new Set(ids);
    const changed = ids === undefined ? kept : kept.filter((id) => asked.has(id));
    // Without waiting in between, so that they are in one group.
    for (const id of changed) engine[change](id);
    await untilRemoved(store, deadLettersCollection, changed);
    return { changed };
  };
}

/**
 * Asks the running application of the folder; returns the ids of the dead letters or messages that it changed, durably. Undefined when no
 * engine runs on the folder. Throws DEAD_LETTER_UNKNOWN or MESSAGE_UNKNOWN when one of the ids is none; nothing is changed then.
 */
export async function askRunning(folder: string, request: DeadLetterRequest | MessageRequest): Promise<readonly string[] | undefined> {
  const answer = (await askLockHolder(folder, request)) as { readonly changed: readonly string[] } | undefined; // see toolRequests
  return answer?.changed;
}

/** Undefined for requests of another kind. */
function parseMessageRequest(request: unknown): MessageRequest | undefined {
  const { change, ids, types } = (request ?? {}) as Readonly<Record<string, unknown>>; // whatever it is, it may be asked for properties
  if (change !== 'drop-messages') return undefined;
  if ((ids === undefined || isTexts(ids)) && (types === undefined || isTexts(types))) return { change, ids, types };
  throw new StatefunError('REQUEST_INVALID', `the running application does not know the request ${JSON.stringify(request)}.`);
}

function parseRequest(request: unknown): DeadLetterRequest {
  const { change, ids } = (request ?? {}) as Readonly<Record<string, unknown>>; // whatever it is, it may be asked for properties
  const knows = (change === 'redrive' || change === 'drop') && (ids === undefined || isTexts(ids));
  if (knows) return { change, ids };
  throw new StatefunError('REQUEST_INVALID', `the running application does not know the request ${JSON.stringify(request)}.`);
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((id) => typeof id === 'string');
}

/** The commit that redrives or drops something removes it from the store. */
async function untilRemoved(store: Store, collection: string, ids: readonly string[]): Promise<void> {
  const removed = new Set(ids);
  while ((await store.load(collection)).some(({ key }) => removed.has(key))) await delay(durableIntervalMs);
}
