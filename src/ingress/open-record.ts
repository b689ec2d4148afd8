import { Envelope } from '../envelope/envelope.ts';
import type { IngressRecord, RecordFormat } from './ingress.ts';

/** The envelope in a record, its event checked. Throws an error of outcome `give-up` for anything that is not a CloudEvent. */
export function openRecord(record: IngressRecord, format: RecordFormat = 'cloudevent'): Envelope {
  if (typeof format === 'function') return Envelope.ofEvent(format(record), { partitionKey: record.key });
  if (format === 'envelope') return Envelope.decode(record.data);
  return Envelope.ofPayload(record.data, { partitionKey: record.key });
}
