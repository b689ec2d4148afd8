import type { CloudEvent, NewEvent } from './cloud-event.ts';
import type { Envelope } from './envelope.ts';

/**
 * The text that the data of an event came as, where it is the data of the event that is being handled, whatever else the two events have:
 * then nothing has changed it, and each digit of its numbers goes on. Undefined for any other data, which is written from its values.
 */
export function dataTextFor(event: CloudEvent | NewEvent, received: Envelope): string | undefined {
  // Whatever a caller without types gives is refused later, where the event is checked.
  const data: unknown = (event as Partial<NewEvent> | null | undefined)?.data;
  return data !== undefined && Object.is(data, received.event.data) ? received.dataText : undefined;
}
