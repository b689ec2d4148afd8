import type { AttemptFailure } from '../engine/partition/attempt-failure.ts';
import { decodeMessage, delayedCollection, messagesCollection } from '../engine/partition/stored-entries.ts';
import { parseAddress } from '../shared/address.ts';
import { toIsoTime } from '../shared/time/iso-time.ts';
import type { StoreSnapshot } from '../storage/snapshot/store-snapshot.ts';

/** `pending`: waits for its turn. `waiting`: failed and waits for another attempt. `delayed`: not due yet. */
export type MessageKind = 'pending' | 'waiting' | 'delayed';

export const messageKinds: readonly MessageKind[] = ['pending', 'waiting', 'delayed'];

/** A message as tools list it. */
export interface ListedMessage {
  /** Sequence number. Messages are handled in this order, delayed messages when they are due. */
  readonly id: string;
  readonly kind: MessageKind;
  /** Target address, `namespace/name/id`. */
  readonly target: string;
  readonly caller?: string;
  readonly messageId: string;
  readonly eventType: string;
  readonly payloadBytes: number;
  /** Number of failed attempts, and the reason of the last failure. */
  readonly attempts: number;
  readonly failure?: AttemptFailure;
  /** Time of the next attempt, or due time of a delayed message, ISO 8601. */
  readonly dueAt?: string;
  /** Set if the sender can cancel the delayed message. */
  readonly cancellationToken?: string;
}

export interface MessageFilter {
  readonly kinds?: readonly string[] | undefined;
  /** Function types of the targets. */
  readonly types?: readonly string[] | undefined;
}

/** Returns the messages in a commit: first those that wait for their turn or another attempt, then delayed messages by due time. */
export function listMessages(snapshot: StoreSnapshot, { kinds, types }: MessageFilter = {}): readonly ListedMessage[] {
  const found: ListedMessage[] = [];
  snapshot.visit(
    (collection) => collection === messagesCollection || collection === delayedCollection,
    ({ collection, key, value }) => {
      const listed = toListed(key, value, collection === delayedCollection);
      const isMeant = (kinds?.includes(listed.kind) ?? true) && (types?.includes(parseAddress(listed.target).type) ?? true);
      if (isMeant) found.push(listed);
    },
  );
  return found.sort(inOrder);
}

function toListed(id: string, value: Uint8Array, isDelayed: boolean): ListedMessage {
  const { message, header } = decodeMessage(value);
  const { target, caller, attempts = 0, retryAt, failure, token } = header;
  const { envelope } = message;
  const dueAt = isDelayed ? header.dueAt : retryAt;
  return {
    ...{ id, kind: isDelayed ? 'delayed' : attempts > 0 ? 'waiting' : 'pending', target },
    ...(caller === undefined ? {} : { caller }),
    ...{ messageId: envelope.messageId ?? '', eventType: envelope.event.type, payloadBytes: envelope.payloadBytes, attempts },
    ...(failure === undefined ? {} : { failure }),
    ...(dueAt === undefined ? {} : { dueAt: toIsoTime(dueAt) }),
    ...(token === undefined ? {} : { cancellationToken: token }),
  };
}

function inOrder(left: ListedMessage, right: ListedMessage): number {
  if (left.kind === 'delayed' && right.kind === 'delayed' && left.dueAt !== right.dueAt) {
    return (left.dueAt ?? '') < (right.dueAt ?? '') ? -1 : 1;
  }
  if ((left.kind === 'delayed') !== (right.kind === 'delayed')) return left.kind === 'delayed' ? 1 : -1;
  return Number(left.id) - Number(right.id);
}
