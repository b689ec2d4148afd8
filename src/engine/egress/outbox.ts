import type { Egress } from '../../egress/egress.ts';
import type { Clock } from '../../shared/time/clock.ts';
import { StatefunError } from '../../shared/errors.ts';
import type { Logger } from '../../shared/logger.ts';
import type { CommitGroup } from '../partition/commit-group.ts';
import type { DeadLetterIntake } from '../partition/dead-letter-intake.ts';
import type { EgressBatch } from './egress-batch.ts';
import { EgressSender } from './egress-sender.ts';
import { LatencyHistogram } from './latency-histogram.ts';
import type { Held } from '../partition/message-budget.ts';
import type { OutboxRecords } from '../partition/outbox/egress-outbox.ts';

export interface OutboxOptions {
  readonly egress: readonly Egress[];
  readonly clock: Clock;
  readonly logger: Logger;
  readonly deadLetters: DeadLetterIntake;
  /** Takes the acknowledgements: they commit with it. */
  readonly group: CommitGroup;
  readonly wake: () => void;
}

/** Keeps committed egress records until the outside has acknowledged them. Has one sender for each egress. */
export class Outbox {
  readonly latency = new LatencyHistogram();
  readonly #options: OutboxOptions;
  readonly #senders: ReadonlyMap<string, EgressSender>;
  readonly #acknowledged: Record<string, number> = {};
  readonly #held = { count: 0, bytes: 0 };

  constructor(options: OutboxOptions) {
    this.#options = options;
    this.#senders = new Map(options.egress.map((egress) => [egress.id, this.#createSender(egress)]));
  }

  /** The number of records that are not acknowledged. */
  get records(): number {
    return this.#held.count;
  }

  /** Payloads of the records that are not acknowledged, in bytes. */
  get bytes(): number {
    return this.#held.bytes;
  }

  get held(): Held {
    return this.#held;
  }

  /** Whether nothing happens until the clock moves. */
  get resting(): boolean {
    return [...this.#senders.values()].every((sender) => sender.resting);
  }

  /** The number of records acknowledged since the start, by egress id. */
  get acknowledged(): Readonly<Record<string, number>> {
    return { ...this.#acknowledged };
  }

  get senders(): readonly EgressSender[] {
    return [...this.#senders.values()];
  }

  has(egressId: string): boolean {
    return this.#senders.has(egressId);
  }

  async start(): Promise<void> {
    for (const sender of this.#senders.values()) await sender.start();
  }

  /** Gives committed records to their senders. Records of an egress that is no longer declared become dead letters. */
  release(released: readonly OutboxRecords[]): void {
    for (const outbox of released) {
      const sender = this.#senders.get(outbox.egressId);
      if (sender !== undefined) sender.add(outbox);
      else this.#giveUp(outbox);
    }
  }

  async stop(close: (what: string, stop: () => Promise<void>) => Promise<void>): Promise<void> {
    await Promise.all([...this.#senders.values()].map((sender) => close(`egress ${sender.egress.id}`, () => sender.stop())));
  }

  #createSender(egress: Egress): EgressSender {
    this.#acknowledged[egress.id] = 0;
    const { clock, logger, deadLetters } = this.#options;
    return new EgressSender(egress, {
      clock,
      logger,
      held: this.#held,
      acknowledged: (batch) => this.#settle(egress.id, batch),
      // The engine may be quiet now: nothing happens until the clock moves.
      failed: () => this.#options.wake(),
      rejected: (record, error) => deadLetters.giveUpEgress(egress.id, record, error),
    });
  }

  #settle(egressId: string, { records, receivedAtMs }: EgressBatch): void {
    const nowMs = performance.now();
    this.#acknowledged[egressId] = (this.#acknowledged[egressId] ?? 0) + records.length;
    this.#options.group.acknowledged(egressId, records.length);
    for (const fromMs of receivedAtMs) if (fromMs !== undefined) this.latency.record(nowMs - fromMs);
    this.#options.wake();
  }

  #giveUp({ egressId, envelopes }: OutboxRecords): void {
    const { deadLetters, group, wake } = this.#options;
    const summary = `egress "${egressId}" is not declared any more, but committed records are waiting for it.`;
    for (const envelope of envelopes)
      deadLetters.giveUpEgress(egressId, envelope, new StatefunError('UNKNOWN_EGRESS', summary, { facts: { egressId } }));
    group.acknowledged(egressId, envelopes.length);
    wake();
  }
}
