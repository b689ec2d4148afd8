import type { AddressedEnvelope } from '../../envelope/addressed-envelope.ts';
import type { Router } from '../../forwarders/router.ts';
import { RoutedMessage, type UnmatchedEvents } from '../../forwarders/routing.ts';
import { openRecord } from '../../ingress/open-record.ts';
import type { Ingress, IngressRecord } from '../../ingress/ingress.ts';
import { StatefunError, toError } from '../../shared/errors.ts';
import { messageIdBase } from '../../shared/message-id.ts';
import { PendingMessage } from '../partition/activation.ts';
import type { DeadLetterIntake } from '../partition/dead-letter-intake.ts';
import type { IngressBuffer } from './ingress-buffer.ts';
import type { Partition } from '../partition/partition.ts';

export interface RecordIntakeOptions {
  readonly router: Router;
  readonly partition: Partition;
  readonly deadLetters: DeadLetterIntake;
  readonly unmatchedEvents: UnmatchedEvents;
}

/** Most messages made of records ahead of their turn. One record may lead to many. */
const messagesAheadMax = 1_000;

/** The messages of a record, or the reason why there are none. */
type Routed =
  | { readonly kind: 'messages'; readonly messages: readonly RoutedMessage[] }
  | { readonly kind: 'unmatched'; readonly error: Error }
  | { readonly kind: 'failed'; readonly error: Error };

/** Takes records from the ingresses in turn. Each becomes messages or a dead letter, and commits together with its position. */
export class RecordIntake {
  readonly #options: RecordIntakeOptions;
  /** Records that were routed before their turn. */
  readonly #ahead = new WeakMap<IngressRecord, Routed>();
  /** Whether a record has ever been routed before its turn. Looking one up costs as much as taking it. */
  #routesAhead = false;
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

  /** Takes one record. Returns false when none is waiting. */
  takeNext(buffers: readonly IngressBuffer[]): boolean {
    for (let tried = 0; tried < buffers.length; tried += 1) {
      const buffer = buffers[this.#turn++ % buffers.length];
      const next = buffer?.take();
      if (buffer === undefined || next === undefined) continue;
      this.#taken += 1;
      this.#options.partition.group.position(buffer.ingress.id, next.record.partition, next.record.position);
      this.route(buffer.ingress, next.record, next.receivedAtMs);
      return true;
    }
    return false;
  }

  /** Routes records before their turn, up to a number for each ingress, and reads the states that their messages need. */
  readAhead(buffers: readonly IngressBuffer[], recordsMax: number, nowMs: number): void {
    let left = messagesAheadMax;
    this.#routesAhead = true;
    for (const { ingress, ahead } of buffers.map((buffer) => ({ ingress: buffer.ingress, ahead: buffer.ahead(recordsMax) }))) {
      for (const record of ahead) {
        let routed = this.#ahead.get(record);
        if (routed === undefined) this.#ahead.set(record, (routed = this.#routed(ingress, record)));
        if (routed.kind !== 'messages') continue;
        left -= routed.messages.length;
        for (const { target } of routed.messages) this.#options.partition.states.preload(target, nowMs);
        if (left <= 0) return;
      }
    }
  }

  /** Routes a record, or a dead letter that was one. Never throws: a record that cannot be routed becomes a dead letter. */
  route(ingress: Ingress, record: IngressRecord, receivedAtMs: number | undefined): void {
    const { partition, deadLetters, unmatchedEvents } = this.#options;
    const routed = (this.#routesAhead ? this.#ahead.get(record) : undefined) ?? this.#routed(ingress, record);
    switch (routed.kind) {
      case 'messages':
        for (const { target, content, idBase, ordinal } of routed.messages) {
          partition.enqueue(new PendingMessage(target, undefined, content, receivedAtMs, idBase, ordinal));
        }
        return;
      case 'unmatched':
        this.#unmatched += 1;
        if (unmatchedEvents === 'dead-letter') deadLetters.giveUpRecord(ingress, record, routed.error);
        return;
      case 'failed':
        deadLetters.giveUpRecord(ingress, record, routed.error);
    }
  }

  #routed(ingress: Ingress, record: IngressRecord): Routed {
    const { router } = this.#options;
    try {
      if (ingress.route !== undefined) return { kind: 'messages', messages: named(ingress.id, record, ingress.route(record)) };
      const envelope = openRecord(record, ingress.format);
      const messages = router.route(envelope, record.identity);
      if (messages.length > 0) return { kind: 'messages', messages };
      const { type, id } = envelope.event;
      return { kind: 'unmatched', error: new StatefunError('NO_FORWARDER', `no forwarder accepts event type "${type}" (event ${id}).`) };
    } catch (error) {
      return { kind: 'failed', error: toError(error) };
    }
  }
}

/** Returns the messages of an ingress that chooses the targets itself, each with the id that a forwarder's message would have. */
function named(ingress: string, record: IngressRecord, messages: readonly AddressedEnvelope[]): readonly RoutedMessage[] {
  const idBase = messageIdBase(record.identity, ingress);
  return messages.map(({ target, envelope }, ordinal) => new RoutedMessage(target, envelope, ingress, idBase, ordinal));
}
