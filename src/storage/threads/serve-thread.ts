import { parentPort, workerData } from 'node:worker_threads';
import { StatefunError, type ErrorFacts } from '../../shared/errors.ts';
import type { ErrorCode } from '../../shared/error-registry.ts';

/** A message to a thread of the store. */
export type ThreadRequest<Q> = { readonly request: Q } | { readonly end: true };

/** A message from a thread of the store: one for each request, in the order of the requests. */
export type ThreadResponse<R> = { readonly response: R } | ThreadFailure;

/** An error on its way between threads. Only message and stack survive structured cloning, so the rest travels beside the error. */
export interface ThreadFailure {
  readonly error: Error;
  /** Error code of the system, such as ENOSPC. */
  readonly code: string | undefined;
  /** Set for a {@link StatefunError}. */
  readonly ours: { readonly code: ErrorCode; readonly summary: string; readonly facts: ErrorFacts } | undefined;
}

/** Handles the requests to one thread. */
export interface ThreadService<Q, R> {
  handle(request: Q): R;
  /** Buffers that move to the calling thread with the response. */
  transferred(response: R): readonly ArrayBuffer[];
  close(): void;
}

/** Runs a worker thread: handles requests until the thread is closed. Does nothing in a file that is not loaded as a worker. */
export function serveThread<S, Q, R>(create: (start: S) => ThreadService<Q, R>): void {
  const port = parentPort;
  if (port === null) return;
  const service = create(workerData as S); // StorageThread passes the start data of this file
  port.on('message', (message: ThreadRequest<Q>) => {
    if ('end' in message) {
      service.close();
      port.close();
      return;
    }
    try {
      const response = service.handle(message.request);
      port.postMessage({ response } satisfies ThreadResponse<R>, service.transferred(response));
    } catch (thrown) {
      port.postMessage(toFailure(thrown as Error)); // disks and formats throw Errors
    }
  });
}

/** Makes an error fit for another thread. */
export function toFailure(error: Error): ThreadFailure {
  if (StatefunError.is(error)) {
    const { code, summary, facts } = error;
    return { error: new Error(error.message), code: undefined, ours: { code, summary, facts } };
  }
  return { error, code: (error as NodeJS.ErrnoException).code, ours: undefined };
}

/** Restores the error that the thread threw. */
export function fromFailure({ error, code, ours }: ThreadFailure): Error {
  if (ours !== undefined) return new StatefunError(ours.code, ours.summary, { facts: ours.facts });
  return code === undefined ? error : Object.assign(error, { code });
}
