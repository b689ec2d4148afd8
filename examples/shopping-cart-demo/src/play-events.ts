import { cartStatusEgress } from './cart-status.ts';
import { egressStream, ingressStream } from './streams.ts';
import { isDirective, type EventLine } from './event-lines.ts';
import { putEvent } from './put-event.ts';
import type { Surroundings } from './start.ts';
import type { StreamReader } from './stream-reader.ts';
import { waitUntil } from './wait-until.ts';

/** Both directions are polled four or five times a second; a busy machine needs some more. */
const timeoutMs = 15_000;

export interface Play extends Surroundings {
  readonly egress: StreamReader;
  readonly say: (text: string) => void;
  readonly signal: AbortSignal;
}

/**
 * Puts the events into the ingress stream, each one when the one before is committed, the application is quiet, and what came out of it has
 * been shown. Returns their number.
 */
export async function playEvents(lines: readonly EventLine[], play: Play): Promise<number> {
  let count = 0;
  for (const line of lines) {
    const progress = `[${line.number}/${lines.length}] ${line.event.type}`;
    if (isDirective(line)) {
      play.say(`${progress}: ${describeDirective(line)}`);
      continue;
    }
    play.say(`${progress} ==> ${ingressStream}`);
    await playEvent(line, play);
    count += 1;
  }
  return count;
}

async function playEvent({ number, text, event }: EventLine, { client, running, egress, say, signal }: Play): Promise<void> {
  const startedAt = performance.now();
  const takenBefore = running.statistics().recordsTaken;
  await putEvent(client, ingressStream, text, event.source);
  const isTaken = (): boolean => running.statistics().recordsTaken > takenBefore;
  await waitUntil(isTaken, { what: `line ${number} to be read from ${ingressStream}`, timeoutMs, signal });
  let isQuiet = false;
  void running.whenQuiet().then(() => (isQuiet = true));
  await waitUntil(() => isQuiet, { what: `the application to become quiet after line ${number}`, timeoutMs, signal });
  say(`        committed and quiet after ${Math.round(performance.now() - startedAt)} ms`);

  const sent = running.statistics().egressRecords[cartStatusEgress] ?? 0;
  await waitUntil(() => egress.records.length >= sent, { what: `record ${sent} in ${egressStream}`, timeoutMs, signal });
}

function describeDirective({ event: { type, data } }: EventLine): string {
  return type === 'test.comment' ? String(data) : `only for tests, not sent (${String(data)})`;
}
