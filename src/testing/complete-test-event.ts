import type { CloudEvent, NewEvent } from '../envelope/cloud-event.ts';
import { completeEvent } from '../envelope/complete-event.ts';

/** The attributes of a test event that the test leaves out. */
export interface TestEventDefaults {
  readonly id: string;
  /** @defaultValue `'/test'` */
  readonly source?: string;
  /** The time of the event, in milliseconds since the epoch. */
  readonly nowMs: number;
}

/** Completes an event of a test with an id, a source and the time of the test's clock. */
export function completeTestEvent(event: CloudEvent | NewEvent, { id, source = '/test', nowMs }: TestEventDefaults): CloudEvent {
  return completeEvent(event, { id, source, timeMs: nowMs });
}
