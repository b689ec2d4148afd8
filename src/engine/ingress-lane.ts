import type { Ingress, IngressContext, IngressRecord } from '../ingress/ingress.ts';
import type { Clock } from '../shared/clock.ts';
import { StatefunError } from '../shared/errors.ts';
import type { Logger } from '../shared/logger.ts';
import { Queue } from '../shared/queue.ts';
import type { EngineLimits } from './limits.ts';

interface Batch {
  readonly records: readonly IngressRecord[];
  readonly receivedAtMs: number;
  next: number;
}

interface Waiter {
  resolve(): void;
  reject(error: Error): void;
}

export interface IngressLaneOptions {
  readonly limits: EngineLimits;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly savePosition: (partition: string, position: string) => Promise<void>;
  /** Something was delivered, or the ingress has finished. */
  readonly wake: () => void;
  readonly failed: (error: Error) => void;
}

/** One ingress and the records it has delivered. They are taken one at a time; past the budget `deliver` waits. */
export class IngressLane {
  readonly ingress: Ingress;
  readonly #options: IngressLaneOptions;
  readonly #batches = new Queue<Batch>();
  readonly #controller = new AbortController();
  #waiters: Waiter[] = [];
  #records = 0;
  #bytes = 0;
  #finished = false;

  constructor(ingress: Ingress, options: IngressLaneOptions) {
    this.ingress = ingress;
    this.#options = options;
  }

  /** Records delivered and not taken. */
  get waiting(): number {
    return this.#records;
  }

  /** The ingress has delivered every record there will ever be. */
  get finished(): boolean {
    return this.#finished;
  }

  start(positions: ReadonlyMap<string, string>): Promise<void> {
    const { clock, logger, savePosition, failed, wake } = this.#options;
    const context: IngressContext = {
      positions,
      deliver: (records) => this.#deliver(records),
      savePosition,
      finished: () => {
        this.#finished = true;
        wake();
      },
      failed,
      signal: this.#controller.signal,
      clock,
      logger: logger.child({ ingress: this.ingress.name }),
    };
    return this.ingress.start(context);
  }

  /** Stops reading. Records not taken are left: their positions are not committed, so they are read again. */
  async stop(): Promise<void> {
    this.#controller.abort();
    this.#batches.clear();
    this.#records = 0;
    this.#bytes = 0;
    const stopped = new StatefunError('ENGINE_STOPPED', `ingress ${this.ingress.name} delivered records while the engine stops.`);
    for (const waiter of this.#waiters.splice(0)) waiter.reject(stopped);
    await this.ingress.stop();
  }

  take(): { record: IngressRecord; receivedAtMs: number } | undefined {
    const batch = this.#batches.peek();
    const record = batch?.records[batch.next];
    if (batch === undefined || record === undefined) return undefined;
    batch.next += 1;
    if (batch.next === batch.records.length) this.#batches.shift();
    this.#records -= 1;
    this.#bytes -= record.data.byteLength;
    if (this.#waiters.length > 0 && this.#hasRoom) for (const waiter of this.#waiters.splice(0)) waiter.resolve();
    return { record, receivedAtMs: batch.receivedAtMs };
  }

  get #hasRoom(): boolean {
    return this.#records < this.#options.limits.ingressRecordsMax && this.#bytes < this.#options.limits.ingressBytesMax;
  }

  #deliver(records: readonly IngressRecord[]): Promise<void> {
    if (this.#controller.signal.aborted) {
      return Promise.reject(new StatefunError('ENGINE_STOPPED', `ingress ${this.ingress.name} delivered records while the engine stops.`));
    }
    if (records.length > 0) {
      this.#batches.push({ records, receivedAtMs: performance.now(), next: 0 });
      this.#records += records.length;
      for (const record of records) this.#bytes += record.data.byteLength;
      this.#options.wake();
    }
    if (this.#hasRoom) return Promise.resolve();
    return new Promise((resolve, reject) => this.#waiters.push({ resolve, reject }));
  }
}
