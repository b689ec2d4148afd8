import type { Envelope } from '../../envelope/envelope.ts';
import { ChangedEntries } from '../../state/changed-entries.ts';
import type { StoreChange } from '../../storage/store.ts';
import type { Activation, PendingMessage } from './activation.ts';
import type { DeadLetter } from './dead-letters.ts';
import type { Delayed } from './delayed-messages.ts';
import type { OutboxRecords } from './outbox/egress-outbox.ts';
import type { RemoteStates } from './remote/remote-states.ts';
import {
  deadLettersCollection,
  delayedCollection,
  encodeDeadLetter,
  encodeMessage,
  encodeRemoteStates,
  messagesCollection,
  positionsCollection,
  requestsCollection,
  remoteStatesCollection,
} from './stored-entries.ts';
import { StoredOutbox } from './outbox/stored-outbox.ts';

/** The result of a cut: the changes of one commit, and the records and addresses that wait until it is durable. */
export interface Capture {
  readonly changes: readonly StoreChange[];
  readonly outbox: readonly OutboxRecords[];
  /** Addresses of remote functions whose state it has. */
  readonly activations: readonly Activation[];
}

/**
 * Everything that has happened since the last cut: the effects that the next commit writes. A cut empties it, so every part of the engine can
 * hold the same group.
 *
 * PARTITION-G1. Every settled invocation is in exactly one group: its state, messages, egress and the removal of its message commit
 *     together.
 * PARTITION-G2. A message that was sent and handled between two cuts is never written.
 * PARTITION-G3. Whatever is pending at the cut and not stored is stored by it, messages inside asynchronous handlers included.
 */
export class CommitGroup {
  readonly outbox = new StoredOutbox();
  /** Invocations since the cut. */
  invocations = 0;
  #bytes = 0;
  /** Entries of function classes that have changed. */
  readonly state = new ChangedEntries();
  /** Addresses of remote functions whose state has changed. */
  readonly #dirty = new Set<Activation>();
  /** The number of messages not handled that no commit holds. */
  #unstored = 0;
  readonly #retried = new Set<PendingMessage>();
  #delayed: Delayed[] = [];
  readonly #positions = new Map<string, Map<string, string>>();
  readonly #deadLetters = new Map<string, DeadLetter | undefined>();
  readonly #remoteStates = new Set<RemoteStates>();
  /** Removals of entries that earlier commits hold. */
  #removed: StoreChange[] = [];

  get empty(): boolean {
    return !this.outbox.hasMoved && this.#holdsNothingElse;
  }

  /** Whether the group holds nothing but acknowledgements of egress records. */
  get acknowledgementsOnly(): boolean {
    return this.outbox.hasMoved && this.#holdsNothingElse;
  }

  /** Whether the group is empty but for acknowledgements. */
  get #holdsNothingElse(): boolean {
    return (
      this.state.empty &&
      this.#dirty.size === 0 &&
      this.#unstored === 0 &&
      this.#retried.size === 0 &&
      this.#delayed.length === 0 &&
      !this.outbox.hasRecords &&
      this.#positions.size === 0 &&
      this.#deadLetters.size === 0 &&
      this.#remoteStates.size === 0 &&
      this.#removed.length === 0
    );
  }

  /** Approximate size of the commit, in bytes. */
  get bytes(): number {
    return this.#bytes + this.state.bytes;
  }

  /** Writes the state of a remote function, which has changed. */
  changed(activation: Activation): void {
    if (this.#dirty.has(activation)) return;
    this.#dirty.add(activation);
    this.#bytes += activation.remoteState?.bytes ?? 0;
  }

  arrived(message: PendingMessage): void {
    this.#unstored += 1;
    this.#bytes += message.payloadBytes;
  }

  /** Writes the failed attempts of a waiting message again, so that they survive a crash. */
  retried(message: PendingMessage): void {
    if (message.stored) this.#retried.add(message);
  }

  handled(message: PendingMessage): void {
    if (message.stored) this.#remove(messagesCollection, message.sequence);
    else this.#forget(message);
  }

  delayed(delayed: Delayed): void {
    this.#delayed.push(delayed);
    this.#bytes += delayed.message.payloadBytes;
  }

  /** Removes a delayed message that has arrived or was cancelled. */
  delayedEnded(delayed: Delayed): void {
    if (delayed.stored) this.#remove(delayedCollection, delayed.sequence);
  }

  egress(egressId: string, envelope: Envelope, receivedAtMs: number | undefined): void {
    this.outbox.add(egressId, envelope, receivedAtMs);
    this.#bytes += envelope.payloadBytes;
  }

  /** Adds an egress record that may have left before. */
  egressAgain(egressId: string, envelope: Envelope): void {
    this.outbox.addAgain(egressId, envelope);
    this.#bytes += envelope.payloadBytes;
  }

  /** The outside has the oldest records of an egress, or has refused them for good. */
  acknowledged(egressId: string, records: number): void {
    this.outbox.acknowledged(egressId, records);
  }

  position(ingress: string, partition: string, position: string): void {
    let ofIngress = this.#positions.get(ingress);
    if (ofIngress === undefined) this.#positions.set(ingress, (ofIngress = new Map<string, string>()));
    ofIngress.set(partition, position);
  }

  deadLetter(letter: DeadLetter): void {
    this.#deadLetters.set(letter.id, letter);
    this.#bytes += letter.payload.byteLength;
  }

  deadLetterRemoved(letter: DeadLetter): void {
    this.#deadLetters.set(letter.id, undefined);
  }

  /** Removes a request whose effects are in this group; see requests.ts. */
  requestDone(key: string): void {
    this.#removed.push({ collection: requestsCollection, key, value: undefined });
  }

  /** Writes the states of a type of remote functions, which have changed. */
  registered(states: RemoteStates): void {
    this.#remoteStates.add(states);
  }

  /**
   * Cuts: returns what the commit writes, and starts again empty. The captured messages and delayed messages count as stored from here on.
   * `unstored` are all messages not handled yet that no commit holds.
   */
  capture(unstored: readonly PendingMessage[] = []): Capture {
    const changes: StoreChange[] = this.#removed;
    this.state.capture(changes);
    for (const activation of this.#dirty) captureState(activation, changes);
    for (const message of unstored) storeMessage(message, changes);
    for (const message of this.#retried) if (!message.handled) storeMessage(message, changes);
    for (const delayed of this.#delayed) if (!delayed.ended) storeDelayed(delayed, changes);
    const outbox = this.outbox.capture(changes);
    for (const [id, letter] of this.#deadLetters) {
      changes.push({ collection: deadLettersCollection, key: id, value: letter === undefined ? undefined : encodeDeadLetter(letter) });
    }
    for (const states of this.#remoteStates) {
      changes.push({ collection: remoteStatesCollection, key: states.type, value: encodeRemoteStates(states.specs) });
    }
    for (const [ingress, partitions] of this.#positions) {
      for (const [partition, position] of partitions)
        changes.push({ collection: positionsCollection(ingress), key: partition, value: position });
    }
    const captured = { changes, outbox, activations: [...this.#dirty] };
    this.#clear();
    return captured;
  }

  #clear(): void {
    this.invocations = 0;
    this.#bytes = 0;
    for (const part of [this.#dirty, this.#retried, this.#positions, this.#deadLetters, this.#remoteStates]) part.clear();
    this.#unstored = 0;
    this.#delayed = [];
    // The capture has the array.
    this.#removed = [];
  }

  #forget(message: PendingMessage): void {
    this.#unstored -= 1;
    this.#bytes -= message.payloadBytes;
  }

  #remove(collection: string, sequence: number): void {
    this.#removed.push({ collection, key: String(sequence), value: undefined });
  }
}

function captureState(activation: Activation, changes: StoreChange[]): void {
  activation.committing = true;
  const { collection } = activation;
  for (const { key, value } of activation.remoteState?.capture() ?? []) changes.push({ collection, key, value });
}

function storeMessage(message: PendingMessage, changes: StoreChange[]): void {
  message.stored = true;
  const { attempts, retryAt, failure } = message;
  const value = encodeMessage(message, { attempts: attempts || undefined, retryAt, failure });
  changes.push({ collection: messagesCollection, key: String(message.sequence), value });
}

function storeDelayed(delayed: Delayed, changes: StoreChange[]): void {
  delayed.stored = true;
  const value = encodeMessage(delayed.message, { dueAt: delayed.dueAt, token: delayed.token });
  changes.push({ collection: delayedCollection, key: String(delayed.sequence), value });
}
