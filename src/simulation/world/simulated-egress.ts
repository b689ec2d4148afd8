import type { Egress, EgressRecord, RejectedRecord } from '../../egress/egress.ts';

/** The result of sending: the records are taken, sending fails before they are taken, or they are taken and the response is lost. */
export type EgressAnswer = 'taken' | 'failed' | 'answer-lost';

export interface SimulatedEgressOptions {
  readonly batchRecordsMax: number;
  readonly started: () => void;
  /** The engine sends. */
  readonly sending: (egressId: string, records: readonly EgressRecord[]) => void;
  /** The outside has the records. */
  readonly left: (egressId: string, records: readonly EgressRecord[]) => void;
  /** Called when the engine learns that the batch is sent. */
  readonly acknowledged: (egressId: string, count: number) => void;
  /** Whether the outside always refuses a record. */
  readonly refuses: (egressId: string, record: EgressRecord) => boolean;
}

interface Sending {
  readonly records: readonly EgressRecord[];
  readonly resolve: (rejected: readonly RejectedRecord[]) => void;
  readonly reject: (error: Error) => void;
}

/** An egress whose results the simulation chooses. */
export class SimulatedEgress implements Egress {
  readonly id: string;
  readonly description = 'outside of the simulation';
  readonly batchRecordsMax: number;
  readonly #options: SimulatedEgressOptions;
  #sending: Sending | undefined;
  #dead = false;

  constructor(id: string, options: SimulatedEgressOptions) {
    this.id = id;
    this.batchRecordsMax = options.batchRecordsMax;
    this.#options = options;
  }

  start(): Promise<void> {
    this.#options.started();
    return Promise.resolve();
  }

  stop(): Promise<void> {
    return Promise.resolve();
  }

  send(records: readonly EgressRecord[]): Promise<readonly RejectedRecord[]> {
    if (this.#dead) return new Promise(() => undefined);
    this.#options.sending(this.id, records);
    return new Promise((resolve, reject) => (this.#sending = { records, resolve, reject }));
  }

  /** Records that wait for a response. */
  get waiting(): number {
    return this.#sending?.records.length ?? 0;
  }

  answer(answer: EgressAnswer): void {
    const sending = this.#sending;
    if (sending === undefined) return;
    this.#sending = undefined;
    const rejected = answer === 'failed' ? [] : this.#take(sending.records);
    if (answer !== 'taken') {
      sending.reject(new Error('the outside of the simulation has not answered'));
      return;
    }
    this.#options.acknowledged(this.id, sending.records.length);
    sending.resolve(rejected.map((record) => ({ record, error: new Error('the outside of the simulation refuses it') })));
  }

  /** Ends with the process. A batch being sent may have arrived. */
  kill(arrives: boolean): void {
    this.#dead = true;
    if (arrives && this.#sending !== undefined) this.#take(this.#sending.records);
    this.#sending = undefined;
  }

  /** The records that are refused. */
  #take(records: readonly EgressRecord[]): readonly EgressRecord[] {
    const refused = records.filter((record) => this.#options.refuses(this.id, record));
    this.#options.left(
      this.id,
      records.filter((record) => !refused.includes(record)),
    );
    return refused;
  }
}
