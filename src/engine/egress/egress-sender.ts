import type { Egress, EgressRecord, RejectedRecord } from '../../egress/egress.ts';
import { toError } from '../../shared/errors.ts';
import { namedLogger, type Logger } from '../../shared/logger.ts';
import { Queue } from '../../shared/queue.ts';
import { backOffDelayMs } from '../../shared/time/back-off.ts';
import type { Clock } from '../../shared/time/clock.ts';
import type { OutboxRecords, OutboxRecord } from '../partition/egress-outbox.ts';

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
  readonly acknowledged: (records: readonly OutboxRecord[]) => void;
  /** Called when a batch has failed and will be sent again. */
  readonly failed: () => void;
  /** Called when the outside refuses a record for good. */
  readonly rejected: (record: OutboxRecord, error: Error) => void;
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
  readonly #queue = new Queue<OutboxRecord>();
  readonly #controller = new AbortController();
  #bytes = 0;
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
    return this.#queue.length + this.#inFlight;
  }

  /** Payloads of the records that are not acknowledged, in bytes. */
  get bytes(): number {
    return this.#bytes;
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

  add({ records, bytes }: OutboxRecords): void {
    for (const record of records) this.#queue.push(record);
    this.#bytes += bytes;
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
    const batch: OutboxRecord[] = [];
    const batchRecordsMax = this.egress.batchRecordsMax ?? batchRecordsMaxDefault;
    for (let record = this.#queue.peek(); record !== undefined && batch.length < batchRecordsMax; record = this.#queue.peek()) {
      batch.push(record);
      this.#queue.shift();
    }
    this.#inFlight = batch.length;
    this.#send(batch, 0);
  }

  #send(batch: readonly OutboxRecord[], failures: number): void {
    const records = batch.map((record) => this.#toEgressRecord(record, failures > 0));
    // In an async function, an egress that throws, or returns a value that cannot be used, counts as one that rejects.
    const sending = (async () => errorsOf(await this.egress.send(records), records))();
    sending.then(
      (errors) => {
        if (!this.#stopped) this.#settle(batch, records, errors);
      },
      (error: unknown) => this.#resendLater(batch, failures + 1, toError(error)),
    );
  }

  #settle(batch: readonly OutboxRecord[], records: readonly EgressRecord[], errors: ReadonlyMap<EgressRecord, Error>): void {
    for (const [index, record] of batch.entries()) {
      const sent = records[index];
      const error = sent === undefined ? undefined : errors.get(sent);
      if (error !== undefined) this.#options.rejected(record, error);
      this.#bytes -= record.envelope.payloadBytes;
    }
    this.#inFlight = 0;
    this.#failing = undefined;
    this.#options.acknowledged(batch);
    this.#sendNext();
  }

  #resendLater(batch: readonly OutboxRecord[], failures: number, error: Error): void {
    if (this.#stopped) return;
    const delayMs = backOffDelayMs(resendDelays, failures);
    this.#options.logger.warn('egress failed, sending again', { egress: this.egress.id, records: batch.length, failures, delayMs, error });
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

  #toEgressRecord({ envelope, recovered }: OutboxRecord, sentBefore: boolean): EgressRecord {
    return {
      id: envelope.messageId ?? '',
      key: envelope.partitionKey,
      data: this.egress.format === 'envelope' ? envelope.encode() : envelope.payload,
      resent: recovered || sentBefore,
    };
  }
}

/** Returns the errors of refused records. A result about records that were not sent is invalid: then none counts as acknowledged. */
function errorsOf(rejected: readonly RejectedRecord[], sent: readonly EgressRecord[]): ReadonlyMap<EgressRecord, Error> {
  const errors = new Map(rejected.map(({ record, error }) => [record, toError(error)]));
  const known = sent.filter((record) => errors.has(record)).length;
  if (known === errors.size) return errors;
  throw new TypeError(`the egress refused ${errors.size - known} records that it was not given; it must answer the very objects it gets`);
}
