import { StatefunError } from '../../shared/errors.ts';
import { untilAborted } from '../../shared/time/sleep.ts';
import type { BackOff } from './back-off.ts';
import { textOf, toReadError } from './kinesis-failure.ts';

/** Default start timeout, in milliseconds: enough for an emulator that starts at the same time, or a short outage. */
export const startTimeoutMsDefault = 10_000;

/**
 * Makes the calls of a start, with back-off and a timeout: during a start, a missing response more often means a wrong endpoint or network than
 * an outage. Rejects with KINESIS_UNREACHABLE after the timeout.
 */
export async function whileStarting<T>(
  stream: string,
  startTimeoutMs: number,
  backOff: BackOff,
  work: (patience: BackOff) => Promise<T>,
): Promise<T> {
  const { clock } = backOff;
  const timeout = new AbortController();
  const cancel = clock.schedule(clock.now() + startTimeoutMs, () => timeout.abort(new Error(`no response within ${startTimeoutMs} ms`)));
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
  const summary = `Kinesis did not respond for stream "${stream}" within ${startTimeoutMs} ms: ${textOf(cause)}.`;
  return new StatefunError('KINESIS_UNREACHABLE', summary, { facts: { stream, startTimeoutMs }, cause });
}
