import type { EgressRecord } from '../egress/egress.ts';
import { Envelope } from '../envelope/envelope.ts';
import type { EgressedEvent } from '../testing/egressed-event.ts';

/** The events that have left, each once, however often it was sent. */
export class LeftEvents {
  readonly events: EgressedEvent[] = [];
  readonly #names = new Set<string>();

  add(egressId: string, records: readonly EgressRecord[]): void {
    for (const record of records) {
      const name = `${egressId} ${record.id}`;
      if (this.#names.has(name)) continue;
      this.#names.add(name);
      this.events.push(toEgressedEvent(egressId, record));
    }
  }
}

export function toEgressedEvent(egressId: string, { key, data }: EgressRecord): EgressedEvent {
  return { egressId, key, event: Envelope.ofPayload(data).event };
}
