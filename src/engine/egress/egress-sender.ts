import type { Egress, EgressRecord, RejectedRecord } from '../../egress/egress.ts';
import { toError } from '../../shared/errors.ts';
import { namedLogger, type Logger } from '../../shared/logger.ts';
import { Queue } from '../../shared/queue.ts';
import { backOffDelayMs } from '../../shared/time/back-off.ts';
import type { Clock } from '../../shared/time/clock.ts';
import type { Envelope } from '../../envelope/envelope.ts';
import type { OutboxRecords } from '../partition/outbox/egress-outbox.ts';
import { resent, takeBatch, type EgressBatch, type WaitingRecords } from './egress-batch.ts';

const batchRecordsMaxDefault = 500;
const resendDelays = { firstMs: 200, maxMs: 30_000 };

/** An egress that does not take its current batch. */
export interface FailingEgress {
  /** Time of the first failure, in milliseconds since the epoch. */
  readonly since: number;
  readonly failures: number;
  readonly error: Error;
}

export interface EgressSenderOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Called when the outside has acknowledged the records. */
  readonly acknowledged: (batch: EgressBatch) => void;
  /** Called when a batch has failed and will be sent again. */
  readonly failed: () => void;
  /** Called when the outside refuses a record for good. */
  readonly rejected: (record: Envelope, error: Error) => void;
  /** The records of all senders that are not acknowledged. Each sender counts its own. */
  readonly held: { count: number; bytes: number };
}

/**
 * Sends committed records to one egress: one batch at a time, in order, and again until it is acknowledged.
 *
 * ENGINE-O1. Only committed records are given to a sender.
 * ENGINE-O2. A record leaves the outbox when the outside has acknowledged it, or has refused it for good: then it is a dead letter.
 */
export class EgressSender {
  readonly egress: Egress;
  readonly #options: EgressSenderOptions;
  readonly #queue = new Queue<WaitingRecords>();
  readonly #controller = new AbortController();
  #waiting = 0;
  #inFlight = 0;
  #delayed = false;
  #failing: FailingEgress | undefined;
  #stopped = false;

  constructor(egress: Egress, options: EgressSenderOptions) {
    this.egress = egress;
    this.#options = options;
  }

  /** The number of records that are not acknowledged. */
  get waiting(): number {
    return this.#waiting;
  }

  /** The failure of the current batch; undefined when the last batch was taken. */
  get failing(): FailingEgress | undefined {
    return this.#failing;
  }

  /** Whether nothing happens until the clock moves: there is nothing to send, or the next try is later. */
  get resting(): boolean {
    return this.waiting === 0 || this.#delayed;
  }

  start(): Promise<void> {
    const { clock, logger } = this.#options;
    return this.egress.start({
      signal: this.#controller.signal,
      clock,
      logger: namedLogger(logger, `egress.${this.egress.id}`).child({ egress: this.egress.id }),
    });
  }

  add(committed: OutboxRecords): void {
    this.#queue.push({ committed, start: 0 });
    this.#count(committed.envelopes.length, committed.bytes);
    this.#sendNext();
  }

  /** Stops sending and closes the egress. Records that are not acknowledged stay in the outbox. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#controller.abort();
    await this.egress.stop();
  }

  #sendNext(): void {
    if (this.#stopped || this.#inFlight > 0 || this.#queue.length === 0) return;
    const batch = takeBatch(this.#queue, this.egress.batchRecordsMax ?? batchRecordsMaxDefault, this.egress.format);
    this.#inFlight = batch.records.length;
    this.#send(batch, 0);
  }

  #send(batch: EgressBatch, failures: number): void {
    // In an async function, an egress that throws, or returns a value that cannot be used, counts as one that rejects.
    // It has a list of its own, because it may take the records out of it one by one.
    const sending = (async () => errorsOf(await this.egress.send([...batch.records]), batch.records))();
    sending.then(
      (errors) => {
        if (!this.#stopped) this.#settle(batch, errors);
      },
      (error: unknown) => this.#resendLater(resent(batch, this.egress.format), failures + 1, toError(error)),
    );
  }

  #settle(batch: EgressBatch, errors: ReadonlyMap<EgressRecord, Error> | undefined): void {
    const { records, envelopes } = batch;
    if (errors !== undefined) this.#reject(batch, errors);
    let bytes = 0;
    for (const { payloadBytes } of envelopes) bytes += payloadBytes;
    this.#count(-records.length, -bytes);
    this.#inFlight = 0;
    this.#failing = undefined;
    this.#options.acknowledged(batch);
    this.#sendNext();
  }

  #reject({ records, envelopes }: EgressBatch, errors: ReadonlyMap<EgressRecord, Error>): void {
    for (const [index, envelope] of envelopes.entries()) {
      const record = records[index];
      const error = record === undefined ? undefined : errors.get(record);
      if (error !== undefined) this.#options.rejected(envelope, error);
    }
  }

  #count(records: number, bytes: number): void {
    this.#waiting += records;
    this.#options.held.count += records;
    this.#options.held.bytes += bytes;
  }

  #resendLater(batch: EgressBatch, failures: number, error: Error): void {
    if (this.#stopped) return;
    const delayMs = backOffDelayMs(resendDelays, failures);
    this.#options.logger.warn('egress failed, sending again', {
      egress: this.egress.id,
      records: batch.records.length,
      failures,
      delayMs,
      error,
    });
    this.#delayed = true;
    const { clock } = this.#options;
    this.#failing = { since: this.#failing?.since ?? clock.now(), failures, error };
    const cancel = clock.schedule(clock.now() + delayMs, () => {
      this.#delayed = false;
      this.#controller.signal.removeEventListener('abort', cancel);
      if (!this.#stopped) this.#send(batch, failures);
    });
    this.#controller.signal.addEventListener('abort', cancel, { once: true });
    this.#options.failed();
  }
}

/** Returns the errors of refused records, if there are any. A result about records that were not sent is invalid: then none counts as acknowledged. */
function errorsOf(rejected: readonly RejectedRecord[], sent: readonly EgressRecord[]): ReadonlyMap<EgressRecord, Error> | undefined {
  const errors = new Map(rejected.map(({ record, error }) => [record, toError(error)]));
  if (errors.size === 0) return undefined;
  const known = sent.filter((record) => errors.has(record)).length;
  if (known === errors.size) return errors;
  throw new TypeError(`the egress refused ${errors.size - known} records that it was not given; it must answer the very objects it gets`);
}
