import type { CloudEvent, NewEvent } from './cloud-event.ts';
import type { Envelope } from './envelope.ts';

/**
 * Returns the received text of an event's data when the data is that of the handled event. Such data is unchanged, and its text keeps every digit of
 * its numbers. Returns undefined for other data, which is written from its values.
 */
export function dataTextFor(event: CloudEvent | NewEvent, received: Envelope): string | undefined {
  // A caller without types can pass any value. The check of the event refuses it later.
  const data: unknown = (event as Partial<NewEvent> | null | undefined)?.data;
  return data !== undefined && Object.is(data, received.event.data) ? received.dataText : undefined;
}
