import type { Message } from '../../functions/message.ts';
import type { StateSpec } from '../../functions/remote/invocation-batch.ts';
import type { Store } from '../../storage/store.ts';
import type { DeadLetter, DeadLetters } from '../partition/dead-letters.ts';
import type { Partition } from '../partition/partition.ts';
import type { OutboxRecords, StoredEgressOutbox } from '../partition/outbox/egress-outbox.ts';
import { recoverOutbox } from './recover-outbox.ts';
import { PendingMessage } from '../partition/activation.ts';
import { recoverRequests } from './requests.ts';
import {
  deadLettersCollection,
  decodeDeadLetter,
  decodeMessage,
  decodeRemoteStates,
  delayedCollection,
  messagesCollection,
  positionsCollection,
  remoteStatesCollection,
} from '../partition/stored-entries.ts';

/** A delayed message that a commit holds. */
export interface RecoveredDelayed {
  readonly message: Message;
  readonly sequence: number;
  readonly dueAt: number;
  readonly token: string | undefined;
}

/** The content of the store except the state of addresses, in the order in which it is restored. */
export interface Recovered {
  readonly messages: readonly PendingMessage[];
  readonly delayed: readonly RecoveredDelayed[];
  readonly outbox: readonly StoredEgressOutbox[];
  readonly deadLetters: readonly DeadLetter[];
  /** Keys of the requests made while no engine ran; see requests.ts. */
  readonly requests: readonly string[];
  readonly remoteStates: readonly { readonly type: string; readonly specs: readonly StateSpec[] }[];
}

export interface RestoreTargets {
  readonly partition: Partition;
  readonly letters: DeadLetters;
  readonly nowMs: number;
}

export async function recover(store: Store): Promise<Recovered> {
  const letters = await store.load(deadLettersCollection);
  const remoteStates = await store.load(remoteStatesCollection);
  return {
    messages: (await loadInOrder(store, messagesCollection)).map(({ sequence, value }) => toPendingMessage(sequence, value)),
    delayed: (await loadInOrder(store, delayedCollection)).map(({ sequence, value }) => toDelayed(sequence, value)),
    outbox: await recoverOutbox(store),
    deadLetters: letters.map(({ value }) => decodeDeadLetter(value)),
    requests: await recoverRequests(store),
    remoteStates: remoteStates.map(({ key, value }) => ({ type: key, specs: decodeRemoteStates(value) })),
  };
}

/** Restores the content of the store. Returns the egress records that are not acknowledged, which the caller releases once the egresses have started. */
export function restore(recovered: Recovered, { partition, letters, nowMs }: RestoreTargets): readonly OutboxRecords[] {
  letters.restore(recovered.deadLetters);
  for (const { type, specs } of recovered.remoteStates) partition.remoteTypes.restore(type, specs);
  for (const { sequence } of recovered.messages) partition.skipSequence(sequence);
  for (const { message, sequence, dueAt, token } of recovered.delayed) partition.restoreDelayed(message, sequence, dueAt, token);
  for (const message of recovered.messages) partition.restore(message, nowMs);
  return partition.group.outbox.restore(recovered.outbox);
}

/** Returns the committed position of each partition of an ingress. */
export async function recoverPositions(store: Store, ingress: string): Promise<ReadonlyMap<string, string>> {
  const entries = await store.load(positionsCollection(ingress));
  return new Map(entries.map(({ key, value }) => [key, Buffer.from(value).toString('utf8')]));
}

async function loadInOrder(store: Store, collection: string): Promise<readonly { sequence: number; value: Uint8Array }[]> {
  const entries = await store.load(collection);
  return entries.map(({ key, value }) => ({ sequence: Number(key), value })).sort((a, b) => a.sequence - b.sequence);
}

function toPendingMessage(sequence: number, value: Uint8Array): PendingMessage {
  const { message, header } = decodeMessage(value);
  const pending = PendingMessage.from(message);
  pending.sequence = sequence;
  pending.attempts = header.attempts ?? 0;
  pending.retryAt = header.retryAt;
  pending.failure = header.failure;
  pending.stored = true;
  return pending;
}

function toDelayed(sequence: number, value: Uint8Array): RecoveredDelayed {
  const { message, header } = decodeMessage(value);
  return { message, sequence, dueAt: header.dueAt ?? 0, token: header.token };
}
