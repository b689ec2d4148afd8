import type { Egress, EgressRecord, RejectedRecord } from '../egress/egress.ts';
import { Envelope } from '../envelope/envelope.ts';
import { rememberText } from './expectations/egress-texts.ts';
import type { EgressedEvent } from './egressed-event.ts';

/** Replaces a declared egress. All egresses of an application write to one list, which keeps their common order. */
export class RecordingEgress implements Egress {
  readonly id: string;
  readonly description = 'memory of the test';
  readonly #record: (event: EgressedEvent) => void;

  constructor(id: string, record: (event: EgressedEvent) => void) {
    this.id = id;
    this.#record = record;
  }

  start(): Promise<void> {
    return Promise.resolve();
  }

  send(records: readonly EgressRecord[]): Promise<readonly RejectedRecord[]> {
    for (const { key, data } of records) {
      const envelope = Envelope.ofPayload(data);
      const event = { egressId: this.id, key, event: envelope.event };
      rememberText(event, envelope.payload);
      this.#record(event);
    }
    return Promise.resolve([]);
  }

  stop(): Promise<void> {
    return Promise.resolve();
  }
}
