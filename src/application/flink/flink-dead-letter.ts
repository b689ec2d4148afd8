import { writeWithData } from '../../envelope/complete-event.ts';
import type { GivenUp } from '../../request-reply/serving/classes/class-host.ts';
import { traceOf } from '../../engine/partition/error-trace.ts';
import { encodePath, formatAddress } from '../../shared/address.ts';
import { StatefunError } from '../../shared/errors.ts';
import { toIsoTime } from '../../shared/time/iso-time.ts';

/** Longest reason, in characters; the text of a handler's error has no limit. */
const reasonLengthMax = 2_000;

/** Type of the events that carry dead letters out of a cluster. */
export const deadLetterEventType = 'statefun.dead-letter';

/**
 * Returns a dead letter as the text of a CloudEvent. Its id is that of the message; its data holds the reason, and the message as `event` or
 * `bytes` (base64). Content that would exceed `bytesMax` is left out and its size reported in `leftOutBytes`, because a record that the
 * stream refuses would fail the job.
 */
export function deadLetterEvent(application: string, message: GivenUp, nowMs: number, bytesMax: number): string {
  const { envelope, bytes } = message;
  const whole = writeDeadLetter(
    application,
    message,
    nowMs,
    envelope === undefined ? JSON.stringify({ bytes: Buffer.from(bytes).toString('base64') }) : `{"event":${envelope.payload}}`,
  );
  return Buffer.byteLength(whole) <= bytesMax
    ? whole
    : writeDeadLetter(application, message, nowMs, JSON.stringify({ leftOutBytes: bytes.byteLength }));
}

function writeDeadLetter(application: string, message: GivenUp, nowMs: number, content: string): string {
  const { target, caller, envelope, error, attempts } = message;
  const [code, reason] = StatefunError.is(error) ? [error.code, error.summary] : [error.name, error.message];
  const { errorClass } = traceOf(error);
  const data = {
    code,
    ...(errorClass === undefined ? {} : { errorClass }),
    reason: reason.length <= reasonLengthMax ? reason : `${reason.slice(0, reasonLengthMax)}…`,
    attempts,
    target: formatAddress(target),
    ...(caller === undefined ? {} : { caller: formatAddress(caller) }),
  };
  const attributes = {
    specversion: '1.0',
    id: envelope?.messageId ?? `${formatAddress(target)}@${nowMs}`,
    source: `/${encodePath(application)}`,
    type: deadLetterEventType,
    time: toIsoTime(nowMs),
    datacontenttype: 'application/json',
    data,
  };
  // The event keeps its original text.
  return writeWithData(attributes, `${JSON.stringify(data).slice(0, -1)},${content.slice(1)}`);
}
