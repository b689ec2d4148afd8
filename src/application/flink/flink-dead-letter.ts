import type { GivenUp } from '../../remote/classes/class-host.ts';
import { formatAddress } from '../../shared/address.ts';
import { StatefunError } from '../../shared/errors.ts';
import { toIsoTime } from '../../shared/iso-time.ts';

/** Type of the events that carry dead letters out of a cluster. */
export const deadLetterEventType = 'statefun.dead-letter';

/**
 * A message that was given up, as the text of a CloudEvent: its id is that of the message, its data says what happened, and `event` or
 * `bytes` (base64) is what could not be handled.
 */
export function deadLetterEvent(application: string, message: GivenUp, nowMs: number): string {
  const { target, caller, envelope, bytes, error, attempts } = message;
  const [code, reason] = StatefunError.is(error) ? [error.code, error.summary] : [error.name, error.message];
  const content = envelope === undefined ? { bytes: Buffer.from(bytes).toString('base64') } : { event: envelope.event };
  return JSON.stringify({
    specversion: '1.0',
    id: envelope?.messageId ?? `${formatAddress(target)}@${nowMs}`,
    source: `/${application}`,
    type: deadLetterEventType,
    time: toIsoTime(nowMs),
    datacontenttype: 'application/json',
    data: {
      code,
      reason,
      attempts,
      target: formatAddress(target),
      ...(caller === undefined ? {} : { caller: formatAddress(caller) }),
      ...content,
    },
  });
}
