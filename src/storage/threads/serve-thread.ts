import { parentPort, workerData } from 'node:worker_threads';
import { StatefunError, type ErrorFacts } from '../../shared/errors.ts';
import type { ErrorCode } from '../../shared/error-registry.ts';

/** What a thread of the store is sent. */
export type ThreadRequest<Q> = { readonly question: Q } | { readonly end: true };

/** What it sends back. */
export type ThreadAnswer<A> = { readonly answer: A } | ThreadFailure;

/** An error on its way between threads, which only its message and stack survive: the rest travels beside it. */
export interface ThreadFailure {
  readonly error: Error;
  /** Of errors of the system. */
  readonly code: string | undefined;
  /** Of errors of ours. */
  readonly ours: { readonly code: ErrorCode; readonly summary: string; readonly facts: ErrorFacts } | undefined;
}

/** What a thread does with its questions. */
export interface ThreadService<Q, A> {
  answer(question: Q): A;
  /** The buffers of an answer that are given away with it. */
  transferred(answer: A): readonly ArrayBuffer[];
  close(): void;
}

/** Called by the file of a worker thread: answers questions until it is told to end. Does nothing where the file is loaded as a module. */
export function serveThread<S, Q, A>(create: (start: S) => ThreadService<Q, A>): void {
  const port = parentPort;
  if (port === null) return;
  const service = create(workerData as S); // StorageThread was given it for this file
  port.on('message', (request: ThreadRequest<Q>) => {
    if ('end' in request) {
      service.close();
      port.close();
      return;
    }
    try {
      const answer = service.answer(request.question);
      port.postMessage({ answer } satisfies ThreadAnswer<A>, service.transferred(answer));
    } catch (thrown) {
      port.postMessage(toFailure(thrown as Error)); // disks and formats throw Errors
    }
  });
}

function toFailure(error: Error): ThreadFailure {
  if (StatefunError.is(error)) {
    const { code, summary, facts } = error;
    return { error: new Error(error.message), code: undefined, ours: { code, summary, facts } };
  }
  return { error, code: (error as NodeJS.ErrnoException).code, ours: undefined };
}

/** The error that the thread met. */
export function fromFailure({ error, code, ours }: ThreadFailure): Error {
  if (ours !== undefined) return new StatefunError(ours.code, ours.summary, { facts: ours.facts });
  return code === undefined ? error : Object.assign(error, { code });
}
