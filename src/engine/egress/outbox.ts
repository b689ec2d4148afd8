import type { Egress } from '../../egress/egress.ts';
import type { Clock } from '../../shared/time/clock.ts';
import { StatefunError } from '../../shared/errors.ts';
import type { Logger } from '../../shared/logger.ts';
import type { CommitGroup, OutboxRecord } from '../partition/commit-group.ts';
import type { DeadLetterDesk } from '../partition/dead-letter-intake.ts';
import { EgressLane } from './egress-sender.ts';
import { LatencyHistogram } from './latency-histogram.ts';
import type { Held } from '../partition/message-budget.ts';

export interface OutboxOptions {
  readonly egress: readonly Egress[];
  readonly clock: Clock;
  readonly logger: Logger;
  readonly deadLetters: DeadLetterDesk;
  /** The open group: acknowledgements commit with it. */
  readonly group: () => CommitGroup;
  readonly wake: () => void;
}

/** Committed egress records until the outside has acknowledged them, a lane for each egress. */
export class Outbox {
  readonly latency = new LatencyHistogram();
  readonly #options: OutboxOptions;
  readonly #lanes: ReadonlyMap<string, EgressLane>;
  readonly #acknowledged: Record<string, number> = {};

  constructor(options: OutboxOptions) {
    this.#options = options;
    this.#lanes = new Map(options.egress.map((egress) => [egress.id, this.#createLane(egress)]));
  }

  /** Records not acknowledged. */
  get records(): number {
    let records = 0;
    for (const lane of this.#lanes.values()) records += lane.waiting;
    return records;
  }

  /** Their payloads, in bytes. */
  get bytes(): number {
    let bytes = 0;
    for (const lane of this.#lanes.values()) bytes += lane.bytes;
    return bytes;
  }

  get held(): Held {
    return { count: this.records, bytes: this.bytes };
  }

  /** Nothing happens before the clock moves. */
  get resting(): boolean {
    return [...this.#lanes.values()].every((lane) => lane.resting);
  }

  /** Records acknowledged since the start, by egress id. */
  get acknowledged(): Readonly<Record<string, number>> {
    return { ...this.#acknowledged };
  }

  get lanes(): readonly EgressLane[] {
    return [...this.#lanes.values()];
  }

  has(egressId: string): boolean {
    return this.#lanes.has(egressId);
  }

  async start(): Promise<void> {
    for (const lane of this.#lanes.values()) await lane.start();
  }

  /** Gives committed records to their lanes. Those whose egress is not declared any more become dead letters. */
  release(records: readonly OutboxRecord[]): void {
    const byEgress = new Map<string, OutboxRecord[]>();
    for (const record of records) {
      const ofEgress = byEgress.get(record.egressId);
      if (ofEgress === undefined) byEgress.set(record.egressId, [record]);
      else ofEgress.push(record);
    }
    for (const [egressId, ofEgress] of byEgress) {
      const lane = this.#lanes.get(egressId);
      if (lane !== undefined) lane.add(ofEgress);
      else for (const record of ofEgress) this.#giveUp(record);
    }
  }

  async stop(close: (what: string, stop: () => Promise<void>) => Promise<void>): Promise<void> {
    await Promise.all([...this.#lanes.values()].map((lane) => close(`egress ${lane.egress.id}`, () => lane.stop())));
  }

  #createLane(egress: Egress): EgressLane {
    this.#acknowledged[egress.id] = 0;
    const { clock, logger, deadLetters } = this.#options;
    return new EgressLane(egress, {
      clock,
      logger,
      acknowledged: (records) => this.#settle(egress.id, records),
      // Those who wait for quiet are told: nothing happens now until the clock moves.
      failed: () => this.#options.wake(),
      rejected: (record, error) => deadLetters.giveUpEgress(record, error),
    });
  }

  #settle(egressId: string, records: readonly OutboxRecord[]): void {
    const nowMs = performance.now();
    this.#acknowledged[egressId] = (this.#acknowledged[egressId] ?? 0) + records.length;
    for (const record of records) {
      this.#options.group().acknowledged(record);
      if (record.receivedAtMs !== undefined) this.latency.record(nowMs - record.receivedAtMs);
    }
    this.#options.wake();
  }

  #giveUp(record: OutboxRecord): void {
    const summary = `egress "${record.egressId}" is not declared any more, but committed records are waiting for it.`;
    this.#options.deadLetters.giveUpEgress(record, new StatefunError('UNKNOWN_EGRESS', summary, { facts: { egressId: record.egressId } }));
    this.#options.group().acknowledged(record);
    this.#options.wake();
  }
}
