import type { Router } from '../forwarders/router.ts';
import { openRecord } from '../ingress/open-record.ts';
import type { DirectMessage, Ingress, IngressRecord } from '../ingress/ingress.ts';
import { StatefunError, toError } from '../shared/errors.ts';
import { messageIdOf } from '../shared/message-id.ts';
import type { DeadLetterDesk } from './dead-letter-desk.ts';
import type { IngressLane } from './ingress-lane.ts';
import type { Partition } from './partition.ts';

/** What becomes of events that no forwarder accepts: kept as dead letters, or only counted. */
export type UnmatchedEvents = 'dead-letter' | 'count';

export interface RecordIntakeOptions {
  readonly router: Router;
  readonly partition: Partition;
  readonly deadLetters: DeadLetterDesk;
  readonly unmatchedEvents: UnmatchedEvents;
}

/** Takes records from the ingresses in turn, and turns each into messages or a dead letter, together with its position. */
export class RecordIntake {
  readonly #options: RecordIntakeOptions;
  #turn = 0;
  #taken = 0;
  #unmatched = 0;

  constructor(options: RecordIntakeOptions) {
    this.#options = options;
  }

  get taken(): number {
    return this.#taken;
  }

  get unmatched(): number {
    return this.#unmatched;
  }

  /** Takes one record; false when none is waiting. */
  takeNext(lanes: readonly IngressLane[]): boolean {
    for (let tried = 0; tried < lanes.length; tried += 1) {
      const lane = lanes[this.#turn++ % lanes.length];
      const next = lane?.take();
      if (lane === undefined || next === undefined) continue;
      this.#taken += 1;
      this.#options.partition.group.position(lane.ingress.name, next.record.partition, next.record.position);
      this.route(lane.ingress, next.record, next.receivedAtMs);
      return true;
    }
    return false;
  }

  /** Routes a record; also used to redrive one. Never throws: what cannot be routed is a dead letter. */
  route(ingress: Ingress, record: IngressRecord, receivedAtMs: number | undefined): void {
    const { router, partition, deadLetters, unmatchedEvents } = this.#options;
    try {
      if (ingress.route !== undefined) {
        this.#enqueueDirect(ingress.name, record, ingress.route(record), receivedAtMs);
        return;
      }
      const envelope = openRecord(record, ingress.format);
      const messages = router.route(envelope, record.identity);
      for (const { target, envelope: routed } of messages) partition.enqueue({ target, caller: undefined, envelope: routed }, receivedAtMs);
      if (messages.length > 0) return;
      this.#unmatched += 1;
      if (unmatchedEvents === 'count') return;
      const { type, id } = envelope.event;
      deadLetters.giveUpRecord(
        ingress,
        record,
        new StatefunError('NO_FORWARDER', `no forwarder accepts event type "${type}" (event ${id}).`),
      );
    } catch (error) {
      deadLetters.giveUpRecord(ingress, record, toError(error));
    }
  }

  #enqueueDirect(ingress: string, record: IngressRecord, messages: readonly DirectMessage[], receivedAtMs: number | undefined): void {
    for (const [ordinal, { target, envelope }] of messages.entries()) {
      const messageId = messageIdOf(record.identity, ingress, ordinal);
      this.#options.partition.enqueue({ target, caller: undefined, envelope: envelope.with({ messageId }) }, receivedAtMs);
    }
  }
}
