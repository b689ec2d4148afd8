import type { Logger } from '../../shared/logger.ts';
import { hasCode } from '../../shared/errors.ts';
import type { Store, StoreChange } from '../../storage/store.ts';
import type { DeadLetterIntake } from '../partition/dead-letter-intake.ts';
import { redrive, type RedriveTargets } from './redrive.ts';
import { deadLettersCollection, requestsCollection } from '../partition/stored-entries.ts';

/*
 * Requests to an engine that does not run, as entries of the store. The engine executes them at its next start, before anything else. The
 * removal of a request commits together with its effects, so each is executed exactly once.
 *
 *   collection   key                         value
 *   requests     redrive/<dead letter id>    empty
 */
const redrivePrefix = 'redrive/';

/** Returns the key of the request to redrive a dead letter. */
export function redriveRequestKey(deadLetterId: string): string {
  return `${redrivePrefix}${deadLetterId}`;
}

/** Parses the key of a request. Returns undefined for a request of a later version. */
export function parseRequestKey(key: string): { readonly redrive: string } | undefined {
  return key.startsWith(redrivePrefix) ? { redrive: key.slice(redrivePrefix.length) } : undefined;
}

/** Returns the changes that add the request to redrive a dead letter. */
export function redriveRequest(deadLetterId: string): StoreChange[] {
  return [{ collection: requestsCollection, key: redriveRequestKey(deadLetterId), value: '' }];
}

/** Returns the changes that remove a dead letter and the request to redrive it. */
export function dropDeadLetter(deadLetterId: string): StoreChange[] {
  return [
    { collection: deadLettersCollection, key: deadLetterId, value: undefined },
    { collection: requestsCollection, key: redriveRequestKey(deadLetterId), value: undefined },
  ];
}

/** Reads the keys of the waiting requests, oldest dead letter first. */
export async function recoverRequests(store: Store): Promise<readonly string[]> {
  const idOf = (key: string): number => Number(parseRequestKey(key)?.redrive);
  return (await store.load(requestsCollection)).map(({ key }) => key).sort((a, b) => idOf(a) - idOf(b));
}

export interface RequestTargets extends RedriveTargets {
  readonly deadLetters: DeadLetterIntake;
  readonly logger: Logger;
}

/** Executes the requests made while no engine ran. They commit with the first group. */
export function applyRequests(requests: readonly string[], { deadLetters, logger, ...targets }: RequestTargets): void {
  for (const key of requests) {
    targets.partition.group.requestDone(key);
    const request = parseRequestKey(key);
    if (request === undefined) {
      logger.warn('a request of an unknown kind was dropped', { request: key });
      continue;
    }
    try {
      redrive(deadLetters.take(request.redrive), targets);
      logger.info('a dead letter is redriven, as requested while the engine was stopped', { id: request.redrive });
    } catch (error) {
      if (!hasCode(error, 'DEAD_LETTER_UNKNOWN')) throw error;
      logger.warn('a dead letter that was to be redriven no longer exists', { id: request.redrive });
    }
  }
}
