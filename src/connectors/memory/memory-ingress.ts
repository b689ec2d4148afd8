import { StatefunError } from '../../shared/errors.ts';
import { Queue } from '../../shared/queue.ts';
import { untilAborted } from '../../shared/time/sleep.ts';
import type { CloudEvent } from '../../envelope/cloud-event.ts';
import { Envelope } from '../../envelope/envelope.ts';
import type { Ingress, IngressContext, IngressRecord } from '../../ingress/ingress.ts';
import type { RecordFormat } from '../../ingress/ingress.ts';

/** A record to deliver: bytes, or text as UTF-8, with an optional partition key. */
export interface MemoryRecord {
  readonly data: string | Uint8Array;
  readonly key?: string;
}

/** Options of `memoryIngress`. */
export interface MemoryIngressOptions {
  /** The id, unique in the application. @defaultValue `'memory'` */
  readonly id?: string;
  /** The format of records. Events passed to `push` are written in this format. @defaultValue `'cloudevent'` */
  readonly format?: RecordFormat;
}

/**
 * Creates an ingress whose records come from the program, for tests and benchmarks. Records can be added before and after the start.
 *
 * Records are numbered from 1 in the order in which they are added; the number is their position and identity. A run that starts from a
 * committed position skips the records before it, so add the same records from the beginning again.
 */
export function memoryIngress(options: MemoryIngressOptions = {}): MemoryIngress {
  return new MemoryIngress(options);
}

/** Most records per delivery: enough to make its cost small, few enough for the engine to take them at once. */
const batchRecordsMax = 500;
const partition = 'memory';

interface WaitingPut {
  readonly lastNumber: number;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** An ingress that the program feeds, made by `memoryIngress`. */
export class MemoryIngress implements Ingress {
  readonly id: string;
  readonly description = 'records fed by the program';
  readonly format?: RecordFormat;
  readonly #records = new Queue<IngressRecord>();
  readonly #waiting = new Queue<WaitingPut>();
  #fedCount = 0;
  #takenCount = 0;
  #hasEnded = false;
  #finishedContext: IngressContext | undefined;
  #isPumping = false;
  #context: IngressContext | undefined;
  #stopping = new AbortController();

  constructor(options: MemoryIngressOptions) {
    this.id = options.id ?? 'memory';
    if (options.format !== undefined) this.format = options.format;
  }

  /** Adds an event, with its extension `partitionkey` as key, or a record, without waiting for its delivery: see `put`. */
  push(input: CloudEvent | MemoryRecord): void {
    this.#feed('specversion' in input ? this.#toRecord(input) : input);
    this.#wake();
  }

  /** Adds records and resolves when the engine has taken them and has room for more. Wait for it to respect back-pressure. */
  async put(records: readonly MemoryRecord[]): Promise<void> {
    for (const record of records) this.#feed(record);
    if (this.#takenCount >= this.#fedCount) return;
    const lastNumber = this.#fedCount;
    const taken = new Promise<void>((resolve, reject) => this.#waiting.push({ lastNumber, resolve, reject }));
    this.#wake();
    await taken;
  }

  /** Finishes the ingress once all added records are delivered. */
  end(): void {
    this.#hasEnded = true;
    this.#wake();
  }

  start(context: IngressContext): Promise<void> {
    this.#context = context;
    this.#stopping = new AbortController();
    this.#wake();
    return Promise.resolve();
  }

  stop(): Promise<void> {
    this.#context = undefined;
    const reason = new StatefunError('INGRESS_STOPPED', `The ingress "${this.id}" stopped before it could deliver all its records.`);
    this.#stopping.abort(reason);
    this.#rejectWaiting(reason);
    return Promise.resolve();
  }

  #toRecord(event: CloudEvent): MemoryRecord {
    const { partitionkey } = event;
    const key = typeof partitionkey === 'string' ? { key: partitionkey } : {};
    if (this.format === 'envelope') return { data: Envelope.ofEvent(event, { partitionKey: key.key }).encode(), ...key };
    return { data: JSON.stringify(event), ...key };
  }

  #feed({ data, key }: MemoryRecord): void {
    this.#fedCount += 1;
    this.#records.push({
      partition,
      position: String(this.#fedCount),
      identity: `${this.id}#${this.#fedCount}`,
      data: typeof data === 'string' ? Buffer.from(data) : data,
      ...(key === undefined ? {} : { key }),
    });
  }

  /** Delivers in a later turn, so that records pushed one by one travel together. */
  #wake(): void {
    if (this.#isPumping || this.#context === undefined) return;
    this.#isPumping = true;
    const context = this.#context;
    const signal = AbortSignal.any([context.signal, this.#stopping.signal]);
    queueMicrotask(() => void this.#run(context, signal));
  }

  async #run(context: IngressContext, signal: AbortSignal): Promise<void> {
    let mayContinue = true;
    try {
      await this.#pump(context, signal);
    } catch (error) {
      mayContinue = false;
      // Delivery ends only when the engine stops or the ingress does.
      this.#rejectWaiting(error);
    }
    this.#isPumping = false;
    // Records may have been added, or the ingress ended, stopped or restarted, since the last check.
    if (this.#context !== context || (mayContinue && !signal.aborted && this.#hasWork(context))) this.#wake();
  }

  async #pump(context: IngressContext, signal: AbortSignal): Promise<void> {
    const committedCount = Number(context.positions.get(partition) ?? 0);
    while (this.#records.length > 0) {
      signal.throwIfAborted();
      const batch = this.#take(committedCount);
      if (batch.length > 0) await untilAborted(context.deliver(batch), signal);
      this.#resolveWaiting();
    }
    if (!this.#hasEnded || signal.aborted || this.#finishedContext === context) return;
    this.#finishedContext = context;
    context.finished();
  }

  #hasWork(context: IngressContext): boolean {
    return this.#records.length > 0 || (this.#hasEnded && this.#finishedContext !== context);
  }

  #take(committedCount: number): readonly IngressRecord[] {
    const batch: IngressRecord[] = [];
    while (batch.length < batchRecordsMax) {
      const record = this.#records.shift();
      if (record === undefined) break;
      this.#takenCount += 1;
      if (this.#takenCount > committedCount) batch.push(record);
    }
    return batch;
  }

  #resolveWaiting(): void {
    for (let put = this.#waiting.peek(); put !== undefined && put.lastNumber <= this.#takenCount; put = this.#waiting.peek()) {
      this.#waiting.shift();
      put.resolve();
    }
  }

  #rejectWaiting(error: unknown): void {
    for (const put of this.#waiting) put.reject(error);
    this.#waiting.clear();
  }
}
