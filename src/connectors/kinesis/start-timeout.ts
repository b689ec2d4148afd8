import { StatefunError } from '../../shared/errors.ts';
import { untilAborted } from '../../shared/time/sleep.ts';
import type { BackOff } from './back-off.ts';
import { textOf, toReadError } from './kinesis-failure.ts';

/** Time for an emulator that starts alongside the application, or a short outage; a wrong endpoint shows no sooner than this. */
export const startTimeoutMsDefault = 10_000;

/**
 * Does what a start needs of Kinesis, with back-off, but not for ever: whoever starts an application waits for it, and a Kinesis that does
 * not answer then is a wrong endpoint or network more often than an outage. Rejects with KINESIS_UNREACHABLE when the time is over.
 */
export async function whileStarting<T>(
  stream: string,
  startTimeoutMs: number,
  backOff: BackOff,
  work: (patience: BackOff) => Promise<T>,
): Promise<T> {
  const { clock } = backOff;
  const timeout = new AbortController();
  const cancel = clock.schedule(clock.now() + startTimeoutMs, () => timeout.abort(new Error(`no answer within ${startTimeoutMs} ms`)));
  const signal = AbortSignal.any([backOff.signal, timeout.signal]);
  let lastError: unknown;
  try {
    return await untilAborted(work({ ...backOff, signal, attemptFailed: (error) => void (lastError = error) }), signal);
  } catch (error) {
    if (backOff.signal.aborted) throw error;
    throw timeout.signal.aborted ? unreachable(stream, startTimeoutMs, lastError ?? error) : toReadError(error, stream);
  } finally {
    cancel();
  }
}

function unreachable(stream: string, startTimeoutMs: number, cause: unknown): StatefunError {
  const summary = `Kinesis does not answer for stream "${stream}" within ${startTimeoutMs} ms: ${textOf(cause)}.`;
  return new StatefunError('KINESIS_UNREACHABLE', summary, { facts: { stream, startTimeoutMs }, cause });
}
