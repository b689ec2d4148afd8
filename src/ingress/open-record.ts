import type { CloudEvent } from '../envelope/cloud-event.ts';
import { Envelope } from '../envelope/envelope.ts';
import { ignoreRejection, isThenable } from '../shared/thenable.ts';
import { recognizeRecord } from './recognize-record.ts';
import type { IngressRecord, RecordFormat } from './ingress.ts';

/** Returns the envelope of a record, with a checked event. Throws an error with outcome `give-up` for anything that is not a CloudEvent. */
export function openRecord(record: IngressRecord, format: RecordFormat = 'cloudevent'): Envelope {
  if (typeof format === 'function') {
    const event: unknown = format(record);
    // A promise is not an event and is refused below. Its rejection would end the process.
    if (isThenable(event)) ignoreRejection(event);
    // Safe: a value that is not an event is refused.
    return Envelope.ofEvent(event as CloudEvent, { partitionKey: record.key });
  }
  try {
    return format === 'envelope' ? Envelope.decode(record.data) : Envelope.ofPayload(record.data, { partitionKey: record.key });
  } catch (error) {
    throw recognizeRecord(record.data, format, error);
  }
}
