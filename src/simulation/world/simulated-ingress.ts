import type { Ingress, IngressContext, IngressRecord } from '../../ingress/ingress.ts';

/** A record as the simulation feeds it; those of one partition keep their order. */
export interface SimulatedRecord {
  readonly partition: string;
  readonly data: Uint8Array;
  /** The partition key. */
  readonly key: string | undefined;
  /** The identity of the record, independent of other records in the run. */
  readonly identity: string;
  /** For people. */
  readonly title: string;
}

/** An ingress that the simulation steps. It delivers from the committed position on, as a stream that keeps all records. */
export class SimulatedIngress implements Ingress {
  readonly id = 'simulation';
  readonly description = 'records of the simulation';
  readonly #byPartition = new Map<string, SimulatedRecord[]>();
  readonly #next = new Map<string, number>();
  readonly #waiting = new Set<string>();
  #context: IngressContext | undefined;
  #recovered = 0;

  readonly #recoveredPositions: (records: number) => void;

  /** `recoveredPositions` is called with the number of records that the committed positions cover. */
  constructor(records: readonly SimulatedRecord[], recoveredPositions: (records: number) => void) {
    this.#recoveredPositions = recoveredPositions;
    for (const record of records) {
      const ofPartition = this.#byPartition.get(record.partition);
      if (ofPartition === undefined) this.#byPartition.set(record.partition, [record]);
      else ofPartition.push(record);
    }
  }

  start(context: IngressContext): Promise<void> {
    this.#context = context;
    for (const partition of this.#byPartition.keys()) {
      const position = Number(context.positions.get(partition) ?? 0);
      this.#recovered += position;
      this.#next.set(partition, position);
    }
    this.#recoveredPositions(this.#recovered);
    return Promise.resolve();
  }

  stop(): Promise<void> {
    this.#context = undefined;
    return Promise.resolve();
  }

  get started(): boolean {
    return this.#context !== undefined;
  }

  /** Records that the committed positions cover. */
  get recovered(): number {
    return this.#recovered;
  }

  /** Partitions that have records left and may deliver. */
  get ready(): readonly string[] {
    if (this.#context === undefined) return [];
    return [...this.#byPartition.keys()].filter((partition) => !this.#waiting.has(partition) && this.#left(partition) > 0);
  }

  /** Delivers the next records of a partition. Returns their titles. */
  deliver(partition: string, count: number): readonly string[] {
    const from = this.#next.get(partition) ?? 0;
    const records = (this.#byPartition.get(partition) ?? []).slice(from, from + count);
    this.#next.set(partition, from + records.length);
    this.#waiting.add(partition);
    const delivered = this.#context?.deliver(records.map((record, index) => toIngressRecord(record, from + index + 1)));
    delivered?.then(
      () => this.#waiting.delete(partition),
      // The engine stops: this ingress is not used any more.
      () => undefined,
    );
    return records.map(({ title }) => title);
  }

  /** Makes the ingress fail, so that the engine stops. */
  fail(error: Error): void {
    this.#context?.failed(error);
  }

  #left(partition: string): number {
    return (this.#byPartition.get(partition)?.length ?? 0) - (this.#next.get(partition) ?? 0);
  }
}

function toIngressRecord({ partition, data, key, identity }: SimulatedRecord, position: number): IngressRecord {
  return { partition, position: String(position), identity, data, ...(key === undefined ? {} : { key }) };
}
