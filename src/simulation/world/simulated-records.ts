import { messageIdOf } from '../../shared/message-id.ts';
import { completeTestEvent } from '../../testing/complete-test-event.ts';
import type { SimulatedRecord } from './simulated-ingress.ts';
import type { SimulatedEvent } from '../simulation-options.ts';

/** Partition of everything that has no key. */
const withoutKey = 'records';

/** The events as an ingress delivers them. What names a record does not depend on which others take part. */
export function toRecords(events: readonly SimulatedEvent[], startMs: number): readonly SimulatedRecord[] {
  return events.map((event, index) => {
    const identity = `simulation#${index}`;
    if (typeof event === 'string' || event instanceof Uint8Array) {
      const data = typeof event === 'string' ? Buffer.from(event) : event;
      return { partition: withoutKey, key: undefined, identity, data, title: `record ${index}` };
    }
    const id = messageIdOf('statefun/simulation', '', index);
    const complete = completeTestEvent(event, { id, source: '/simulation', nowMs: startMs });
    const { partitionkey } = complete;
    const key = typeof partitionkey === 'string' ? partitionkey : undefined;
    const partition = key === undefined ? withoutKey : `key ${key}`;
    return { partition, key, identity, data: Buffer.from(JSON.stringify(complete)), title: `event ${index} (${complete.type})` };
  });
}

/** A record for people. */
export function describeRecord({ title, data }: SimulatedRecord): string {
  return `${title}: ${Buffer.from(data).toString('utf8', 0, 300)}`;
}
