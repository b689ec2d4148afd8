import type { DeadLetter, DeadLetterKind } from '../engine/partition/dead-letters.ts';
import { parseRequestKey } from '../engine/recovery/requests.ts';
import { deadLettersCollection, decodeDeadLetter, requestsCollection } from '../engine/partition/stored-entries.ts';
import { Envelope } from '../envelope/envelope.ts';
import { parseAddress } from '../shared/address.ts';
import { StatefunError } from '../shared/errors.ts';
import { toIsoTime } from '../shared/time/iso-time.ts';
import type { StoreSnapshot } from '../storage/snapshot/store-snapshot.ts';
import { matchesFilter, type DeadLetterFilter } from './dead-letter-filter.ts';
import { shownValue } from './shown-value.ts';

/** A dead letter as tools list it. */
export interface ListedDeadLetter {
  readonly id: string;
  readonly kind: DeadLetterKind;
  readonly code: string;
  readonly reason: string;
  /** Class of the thrown error. Dead letters of earlier versions have none. */
  readonly errorClass?: string;
  /** Time at which it was given up, ISO 8601. */
  readonly at: string;
  readonly attempts: number;
  /** Target of the message or egress record, or origin of the ingress record. */
  readonly where: string;
  /** Function type of a message, or egress; undefined for an ingress record. */
  readonly type?: string;
  /** Type of the event; undefined when the payload is not an event. */
  readonly eventType?: string;
  readonly messageId?: string;
  readonly payloadBytes: number;
  /** Whether it is redriven at the next start. */
  readonly redriveRequested: boolean;
}

/** A dead letter with everything that is stored of it. */
export interface ShownDeadLetter extends ListedDeadLetter {
  readonly ingress?: DeadLetter['ingress'];
  readonly target?: string;
  readonly caller?: string;
  readonly egressId?: string;
  readonly partitionKey?: string;
  /** Stack of the thrown error. */
  readonly stack?: string;
  /** The event, or the bytes that arrived instead of one; see {@link shownValue}. */
  readonly payload: unknown;
}

/** Returns the dead letters that the filter selects, oldest first. */
export function listDeadLetters(snapshot: StoreSnapshot, filter: DeadLetterFilter = {}): readonly ListedDeadLetter[] {
  const { letters, requested } = readDeadLetters(snapshot);
  return letters.map((letter) => toListed(letter, requested)).filter((letter) => matchesFilter(letter, filter));
}

/** Returns one dead letter. Throws DEAD_LETTER_UNKNOWN. */
export function showDeadLetter(snapshot: StoreSnapshot, id: string): ShownDeadLetter {
  const { letters, requested } = readDeadLetters(snapshot);
  const letter = letters.find((candidate) => candidate.id === id);
  if (letter === undefined) throw unknownDeadLetter(id);
  const { ingress, target, caller, egressId, stack } = letter;
  const { payload, partitionKey } = contentOf(letter);
  const more = { ingress, target, caller, egressId, partitionKey, stack };
  const known = Object.fromEntries(Object.entries(more).filter(([, value]) => value !== undefined));
  return { ...toListed(letter, requested), ...known, payload };
}

export function unknownDeadLetter(id: string): StatefunError {
  return new StatefunError('DEAD_LETTER_UNKNOWN', `there is no dead letter ${id}.`, { facts: { id } });
}

function readDeadLetters(snapshot: StoreSnapshot): { readonly letters: readonly DeadLetter[]; readonly requested: ReadonlySet<string> } {
  const letters: DeadLetter[] = [];
  const requested = new Set<string>();
  snapshot.visit(
    (collection) => collection === deadLettersCollection || collection === requestsCollection,
    ({ collection, key, value }) => {
      if (collection === deadLettersCollection) letters.push(decodeDeadLetter(value));
      else requested.add(parseRequestKey(key)?.redrive ?? '');
    },
  );
  return { letters: letters.sort((left, right) => Number(left.id) - Number(right.id)), requested };
}

function toListed(letter: DeadLetter, requested: ReadonlySet<string>): ListedDeadLetter {
  const { id, kind, code, reason, errorClass, at, attempts, messageId, payload } = letter;
  const type = typeOf(letter);
  const eventType = eventTypeOf(contentOf(letter).payload);
  return {
    ...{ id, kind, code, reason, at: toIsoTime(at), attempts, where: whereOf(letter) },
    ...(errorClass === undefined ? {} : { errorClass }),
    ...(type === undefined ? {} : { type }),
    ...(eventType === undefined ? {} : { eventType }),
    ...(messageId === undefined ? {} : { messageId }),
    payloadBytes: payload.byteLength,
    redriveRequested: requested.has(id),
  };
}

function typeOf({ target, egressId }: DeadLetter): string | undefined {
  return target === undefined ? egressId : parseAddress(target).type;
}

/** Returns the type of an event. The content can be any value, since it arrived from outside. */
function eventTypeOf(content: unknown): string | undefined {
  const { type } = (content ?? {}) as { readonly type?: unknown }; // any value but null and undefined has properties
  return typeof type === 'string' ? type : undefined;
}

function whereOf({ target, egressId, ingress }: DeadLetter): string {
  return target ?? egressId ?? (ingress === undefined ? '' : `${ingress.name} ${ingress.partition} ${ingress.position}`);
}

/** Returns the bytes of an ingress record, or the event of a message or egress record. */
function contentOf({ kind, payload }: DeadLetter): { readonly payload: unknown; readonly partitionKey?: string | undefined } {
  if (kind === 'record') return { payload: shownValue(payload) };
  const { payload: text, partitionKey } = Envelope.decodeTrusted(payload);
  return { payload: shownValue(Buffer.from(text)), partitionKey };
}
