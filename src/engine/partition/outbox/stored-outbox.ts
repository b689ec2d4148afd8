import type { Envelope } from '../../../envelope/envelope.ts';
import type { StoreChange } from '../../../storage/store.ts';
import type { Held } from '../message-budget.ts';
import { EgressOutbox, type OutboxRecords, type StoredEgressOutbox } from './egress-outbox.ts';

/** The outbox as the store holds it, and what the next commit changes in it: one part for each egress. */
export class StoredOutbox {
  readonly #outboxes = new Map<string, EgressOutbox>();
  /** Records since the cut. */
  #records = 0;
  /** Whether records were acknowledged since the cut. */
  #moved = false;
  /** Records that no durable commit holds, and their payloads in bytes. */
  #uncommitted = { count: 0, bytes: 0 };

  /** Whether records were added since the cut. */
  get hasRecords(): boolean {
    return this.#records > 0;
  }

  /** Whether records were acknowledged since the cut. */
  get hasMoved(): boolean {
    return this.#moved;
  }

  /** Records that no durable commit holds. The egress senders do not have them. */
  get uncommitted(): Held {
    return this.#uncommitted;
  }

  add(egressId: string, envelope: Envelope, receivedAtMs: number | undefined): void {
    this.#outboxOf(egressId).add(envelope, receivedAtMs);
    this.#count(envelope);
  }

  /** Adds a record that may have left before. */
  addAgain(egressId: string, envelope: Envelope): void {
    this.#outboxOf(egressId).addAgain(envelope);
    this.#count(envelope);
  }

  /** The outside has the oldest records of an egress, or has refused them for good. */
  acknowledged(egressId: string, records: number): void {
    this.#outboxOf(egressId).acknowledged(records);
    this.#moved = true;
  }

  /** Adds the changes of the next commit. Returns the records that it adds to the outbox. */
  capture(changes: StoreChange[]): readonly OutboxRecords[] {
    const captured: OutboxRecords[] = [];
    if (!this.hasRecords && !this.#moved) return captured;
    for (const outbox of this.#outboxes.values()) {
      const records = outbox.capture(changes);
      if (records !== undefined) captured.push(records);
    }
    this.#records = 0;
    this.#moved = false;
    return captured;
  }

  /** Called when the commit of a capture is durable. */
  committed(captured: readonly OutboxRecords[]): void {
    for (const { envelopes, bytes } of captured) {
      this.#uncommitted.count -= envelopes.length;
      this.#uncommitted.bytes -= bytes;
    }
  }

  /** Takes over what the store holds. Returns the records that are not acknowledged. */
  restore(outboxes: readonly StoredEgressOutbox[]): readonly OutboxRecords[] {
    return outboxes.map((stored) => this.#outboxOf(stored.egressId).restore(stored)).filter(({ envelopes }) => envelopes.length > 0);
  }

  #count({ payloadBytes }: Envelope): void {
    this.#records += 1;
    this.#uncommitted.count += 1;
    this.#uncommitted.bytes += payloadBytes;
  }

  #outboxOf(egressId: string): EgressOutbox {
    let outbox = this.#outboxes.get(egressId);
    if (outbox === undefined) this.#outboxes.set(egressId, (outbox = new EgressOutbox(egressId)));
    return outbox;
  }
}
