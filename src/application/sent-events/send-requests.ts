import { StatefunError } from '../../shared/errors.ts';
import { askLockHolder } from '../../storage/folder/folder-lock.ts';
import { requestLengthMax, type RequestHandler } from '../../storage/folder/lock-requests.ts';
import type { SendIngress, SendReceipt } from './send-ingress.ts';

/** Handles requests to send an event; passes others to the next handler. */
export function sendRequests(ingress: SendIngress, next: RequestHandler): RequestHandler {
  return (request) => {
    const { send } = (request ?? {}) as { readonly send?: unknown }; // safe: every value but null and undefined has properties
    return typeof send === 'string' ? ingress.send(send) : next(request);
  };
}

/**
 * Sends an event, as CloudEvents JSON, to the running application of a state folder. Resolves when the event is durable there.
 *
 * Throws APPLICATION_NOT_RUNNING when no engine runs on the folder, EVENT_TOO_LARGE, and the errors of {@link SendIngress.send}. After
 * REQUEST_FAILED and ENGINE_STOPPED the event may have been taken: sent again under the same source and id, it is handled once.
 */
export async function sendToRunning(folder: string, text: string): Promise<SendReceipt> {
  const request = { send: text };
  const length = JSON.stringify(request).length;
  if (length > requestLengthMax) {
    const summary = `the event takes ${length} characters; a request may have ${requestLengthMax}.`;
    throw new StatefunError('EVENT_TOO_LARGE', summary, { facts: { length, lengthMax: requestLengthMax } });
  }
  const answer = (await askLockHolder(folder, request)) as SendReceipt | undefined; // see sendRequests
  if (answer === undefined) throw new StatefunError('APPLICATION_NOT_RUNNING', `no application runs on ${folder}.`, { facts: { folder } });
  return answer;
}
