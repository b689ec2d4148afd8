import type { Ingress, IngressContext, IngressRecord } from '../../ingress/ingress.ts';
import type { Clock } from '../../shared/time/clock.ts';
import { StatefunError } from '../../shared/errors.ts';
import { namedLogger, type Logger } from '../../shared/logger.ts';
import { Queue } from '../../shared/queue.ts';
import { untilAborted } from '../../shared/time/sleep.ts';
import type { EngineLimits } from '../partition/limits.ts';

interface Batch {
  readonly records: readonly IngressRecord[];
  readonly receivedAtMs: number;
  next: number;
}

/** A position that is committed after the records delivered before it. */
interface SavedPosition extends Waiter {
  readonly save: () => Promise<void>;
}

interface Waiter {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

export interface IngressBufferOptions {
  readonly limits: EngineLimits;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly savePosition: (partition: string, position: string) => Promise<void>;
  /** Called when records were delivered or the ingress has finished. */
  readonly wake: () => void;
  readonly failed: (error: Error) => void;
}

/** Keeps the records that one ingress has delivered. They are taken one at a time; while the buffer is full, `deliver` waits. */
export class IngressBuffer {
  readonly ingress: Ingress;
  readonly #options: IngressBufferOptions;
  readonly #queue = new Queue<Batch | SavedPosition>();
  readonly #controller = new AbortController();
  #waiters: Waiter[] = [];
  #records = 0;
  #bytes = 0;
  #finished = false;

  constructor(ingress: Ingress, options: IngressBufferOptions) {
    this.ingress = ingress;
    this.#options = options;
  }

  /** Whether records or positions are waiting to be taken. */
  get hasWaiting(): boolean {
    return this.#queue.length > 0;
  }

  /** The number of records delivered and not taken. */
  get recordsWaiting(): number {
    return this.#records;
  }

  /** Whether the ingress has delivered its last record. */
  get finished(): boolean {
    return this.#finished;
  }

  start(positions: ReadonlyMap<string, string>): Promise<void> {
    const { clock, logger, failed, wake } = this.#options;
    const context: IngressContext = {
      positions,
      deliver: (records) => this.#deliver(records),
      savePosition: (partition, position) => this.#savePosition(partition, position),
      finished: () => {
        this.#finished = true;
        wake();
      },
      failed,
      signal: this.#controller.signal,
      clock,
      logger: namedLogger(logger, `ingress.${this.ingress.id}`).child({ ingress: this.ingress.id }),
    };
    return this.ingress.start(context);
  }

  /** Stops reading and drops the records not taken. Their positions are not committed, so they are read again. */
  async stop(): Promise<void> {
    this.#controller.abort();
    const error = this.#stopped();
    for (const item of this.#queue) if ('save' in item) item.reject(error);
    for (const waiter of this.#waiters.splice(0)) waiter.reject(error);
    this.#queue.clear();
    this.#records = 0;
    this.#bytes = 0;
    await this.ingress.stop();
  }

  /** Takes the next record. Positions that were saved before it enter the open group first. */
  take(): { record: IngressRecord; receivedAtMs: number } | undefined {
    let batch = this.#queue.peek();
    for (; batch !== undefined && 'save' in batch; batch = this.#queue.peek()) {
      this.#queue.shift();
      batch.save().then(batch.resolve, batch.reject);
    }
    const record = batch?.records[batch.next];
    if (batch === undefined || record === undefined) return undefined;
    batch.next += 1;
    if (batch.next === batch.records.length) this.#queue.shift();
    this.#records -= 1;
    this.#bytes -= record.data.byteLength;
    if (this.#waiters.length > 0 && this.#hasRoom) for (const waiter of this.#waiters.splice(0)) waiter.resolve();
    return { record, receivedAtMs: batch.receivedAtMs };
  }

  /** Returns the next records without taking them. */
  *ahead(recordsMax: number): IterableIterator<IngressRecord> {
    let left = recordsMax;
    for (const item of this.#queue) {
      if ('save' in item) continue;
      for (let index = item.next; index < item.records.length; index += 1) {
        const record = item.records[index];
        if (left-- === 0 || record === undefined) return;
        yield record;
      }
    }
  }

  get #hasRoom(): boolean {
    return this.#records < this.#options.limits.ingressRecordsMax && this.#bytes < this.#options.limits.ingressBytesMax;
  }

  #savePosition(partition: string, position: string): Promise<void> {
    if (this.#controller.signal.aborted) return Promise.reject(this.#stopped());
    const save = (): Promise<void> =>
      // A position that is not committed when the engine stops will not be committed.
      untilAborted(this.#options.savePosition(partition, position), this.#controller.signal).catch(() => Promise.reject(this.#stopped()));
    if (!this.hasWaiting) return save();
    return new Promise((resolve, reject) => this.#queue.push({ save, resolve, reject }));
  }

  #stopped(): StatefunError {
    return new StatefunError('ENGINE_STOPPED', `ingress ${this.ingress.id} delivered records while the engine stops.`);
  }

  #deliver(records: readonly IngressRecord[]): Promise<void> {
    if (this.#controller.signal.aborted) return Promise.reject(this.#stopped());
    if (records.length > 0) {
      this.#queue.push({ records, receivedAtMs: performance.now(), next: 0 });
      this.#records += records.length;
      for (const record of records) this.#bytes += record.data.byteLength;
      this.#options.wake();
    }
    if (this.#hasRoom) return Promise.resolve();
    return new Promise((resolve, reject) => this.#waiters.push({ resolve, reject }));
  }
}
