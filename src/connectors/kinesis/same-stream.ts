import { StatefunError } from '../../shared/errors.ts';
import { sleep } from '../../shared/time/sleep.ts';
import { withBackOff, type BackOff } from './back-off.ts';
import { identityOf, type StreamSummary } from './kinesis-responses.ts';
import { isMissing, toReadError } from './kinesis-failure.ts';
import type { KinesisStream } from './kinesis-stream.ts';
import { replacedStream } from './position-lost.ts';

/** How long a stream may be missing, in milliseconds: a restarted emulator creates its streams a moment later. */
const missingMsMax = 10_000;
const checkIntervalMs = 500;

/**
 * Checks a stream after "not found". Resolves if the stream exists and is the same: then only an iterator was forgotten. Rejects with
 * INGRESS_POSITION_LOST for another stream of the same name, and with KINESIS_STREAM_MISSING if there is none for ten seconds.
 */
export async function ensureSameStream(stream: KinesisStream, identity: string, backOff: BackOff): Promise<void> {
  const found = identityOf(await describePatiently(stream, backOff));
  if (found !== identity) throw replacedStream(stream.name, identity, found);
}

async function describePatiently(stream: KinesisStream, backOff: BackOff): Promise<StreamSummary> {
  const { clock, signal } = backOff;
  const since = clock.now();
  for (;;) {
    try {
      return await withBackOff('DescribeStreamSummary', () => stream.describe(signal), backOff);
    } catch (error) {
      if (signal.aborted) throw error;
      if (!isMissing(error)) throw toReadError(error, stream.name);
      if (clock.now() - since >= missingMsMax) throw gone(stream.name, error);
      await sleep(clock, checkIntervalMs, signal);
    }
  }
}

function gone(stream: string, cause: unknown): StatefunError {
  const summary = `Kinesis stream "${stream}" has been missing for ${missingMsMax / 1_000} seconds: it was deleted, or an emulator restarted and forgot it.`;
  return new StatefunError('KINESIS_STREAM_MISSING', summary, { facts: { stream }, cause });
}
