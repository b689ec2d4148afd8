import type { CloudEvent } from '../../envelope/cloud-event.ts';
import { Envelope } from '../../envelope/envelope.ts';
import type { Egress, EgressRecord, RejectedRecord } from '../../egress/egress.ts';

export interface MemoryEgressOptions {
  /** The format of records. @defaultValue `'cloudevent'` */
  readonly format?: 'cloudevent' | 'envelope';
}

/** Creates an egress that keeps records in memory, for tests and benchmarks. It has no limit; `clear` empties it. */
export function memoryEgress(id: string, options: MemoryEgressOptions = {}): MemoryEgress {
  return new MemoryEgress(id, options);
}

const nothingRejected: readonly RejectedRecord[] = [];

export class MemoryEgress implements Egress {
  readonly id: string;
  readonly description = 'memory of the program';
  readonly format?: 'cloudevent' | 'envelope';
  #records: EgressRecord[] = [];

  constructor(id: string, options: MemoryEgressOptions) {
    this.id = id;
    if (options.format !== undefined) this.format = options.format;
  }

  /** The records sent since the start or the last `clear`, in order. A record that was sent twice is there twice. */
  get records(): readonly EgressRecord[] {
    return this.#records;
  }

  /** The events of the records, parsed at each call. */
  get events(): readonly CloudEvent[] {
    return this.#records.map(toEvent);
  }

  clear(): void {
    this.#records = [];
  }

  start(): Promise<void> {
    return Promise.resolve();
  }

  send(records: readonly EgressRecord[]): Promise<readonly RejectedRecord[]> {
    for (const record of records) this.#records.push(record);
    return Promise.resolve(nothingRejected);
  }

  stop(): Promise<void> {
    return Promise.resolve();
  }
}

/** Parses a record: CloudEvents JSON is a string, an envelope is bytes. */
function toEvent({ data }: EgressRecord): CloudEvent {
  return typeof data === 'string' ? Envelope.ofPayload(data).event : Envelope.decode(data).event;
}
