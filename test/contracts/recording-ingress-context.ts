import type { IngressContext, IngressRecord } from '../../src/ingress/ingress.ts';
import { silentLogger } from '../../src/shared/logger.ts';
import { ManualClock } from '../../src/shared/time/manual-clock.ts';

/** Stands for the engine: takes what an ingress delivers, and remembers it. */
export class RecordingIngressContext implements IngressContext {
  readonly positions: ReadonlyMap<string, string>;
  readonly clock: ManualClock;
  readonly logger = silentLogger;
  readonly records: IngressRecord[] = [];
  readonly failures: Error[] = [];
  /** Records and saved positions in the order they came. */
  readonly log: { readonly partition: string; readonly position: string; readonly isRecord: boolean }[] = [];
  readonly #controller = new AbortController();
  finishedCount = 0;
  /** Deliveries that wait for room at this moment, by partition. */
  readonly waiting = new Map<string, number>();
  #room: Promise<void> | undefined;
  #makeRoom: () => void = () => undefined;

  constructor(positions: ReadonlyMap<string, string> = new Map(), clock: ManualClock = new ManualClock()) {
    this.positions = positions;
    this.clock = clock;
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get texts(): readonly string[] {
    return this.records.map((record) => Buffer.from(record.data).toString('utf8'));
  }

  async deliver(records: readonly IngressRecord[]): Promise<void> {
    this.records.push(...records);
    for (const { partition, position } of records) this.log.push({ partition, position, isRecord: true });
    if (this.#room === undefined) return;
    const partitions = new Set(records.map((record) => record.partition));
    for (const partition of partitions) this.waiting.set(partition, (this.waiting.get(partition) ?? 0) + 1);
    await this.#room;
    this.waiting.clear();
  }

  savePosition(partition: string, position: string): Promise<void> {
    this.log.push({ partition, position, isRecord: false });
    return Promise.resolve();
  }

  finished(): void {
    this.finishedCount += 1;
  }

  failed(error: Error): void {
    this.failures.push(error);
  }

  abort(): void {
    this.#controller.abort(new Error('the engine stops'));
  }

  /** Deliveries do not resolve until `open`. */
  close(): void {
    this.#room = new Promise((resolve) => (this.#makeRoom = resolve));
  }

  open(): void {
    this.#makeRoom();
    this.#room = undefined;
  }

  /** The positions that would be committed once the first so many records, and what was saved before and between them, are. */
  committedAfter(recordCount: number): ReadonlyMap<string, string> {
    const positions = new Map(this.positions);
    let records = 0;
    for (const { partition, position, isRecord } of this.log) {
      if (isRecord && records === recordCount) break;
      if (isRecord) records += 1;
      positions.set(partition, position);
    }
    return positions;
  }
}
