import type { Logger } from '../../shared/logger.ts';
import { hasCode } from '../../shared/errors.ts';
import type { Store, StoreChange } from '../../storage/store.ts';
import type { DeadLetterIntake } from '../partition/dead-letter-intake.ts';
import { redrive, type RedriveTargets } from './redrive.ts';
import { deadLettersCollection, requestsCollection } from '../partition/stored-entries.ts';

/*
 * What people ask of an engine that does not run, as entries of the store. The engine does it at its next start, before anything else;
 * removing the request commits together with what it led to, so that it is done exactly once.
 *
 *   collection   key                         value
 *   requests     redrive/<dead letter id>    empty
 */
const redrivePrefix = 'redrive/';

/** The key of the request to take a dead letter up again. */
export function redriveRequestKey(deadLetterId: string): string {
  return `${redrivePrefix}${deadLetterId}`;
}

/** What a request asks for; undefined for one of a later version. */
export function parseRequestKey(key: string): { readonly redrive: string } | undefined {
  return key.startsWith(redrivePrefix) ? { redrive: key.slice(redrivePrefix.length) } : undefined;
}

/** The changes that ask for the dead letter to be taken up again. */
export function redriveRequest(deadLetterId: string): StoreChange[] {
  return [{ collection: requestsCollection, key: redriveRequestKey(deadLetterId), value: '' }];
}

/** The changes that remove the dead letter, and with it the request to take it up again. */
export function dropDeadLetter(deadLetterId: string): StoreChange[] {
  return [
    { collection: deadLettersCollection, key: deadLetterId, value: undefined },
    { collection: requestsCollection, key: redriveRequestKey(deadLetterId), value: undefined },
  ];
}

/** The keys of the requests that are waiting, oldest dead letter first. */
export async function recoverRequests(store: Store): Promise<readonly string[]> {
  const idOf = (key: string): number => Number(parseRequestKey(key)?.redrive);
  return (await store.load(requestsCollection)).map(({ key }) => key).sort((a, b) => idOf(a) - idOf(b));
}

export interface RequestTargets extends RedriveTargets {
  readonly deadLetters: DeadLetterIntake;
  readonly logger: Logger;
}

/** Does what was asked while no engine ran; it commits with the first group. */
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
      logger.info('a dead letter is taken up again, as was asked while the engine was stopped', { id: request.redrive });
    } catch (error) {
      if (!hasCode(error, 'DEAD_LETTER_UNKNOWN')) throw error;
      logger.warn('a dead letter was to be taken up again, but is not there any more', { id: request.redrive });
    }
  }
}
