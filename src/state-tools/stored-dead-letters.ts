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
  /** Class of what was thrown; dead letters of earlier versions have none. */
  readonly errorClass?: string;
  /** When it was given up, ISO 8601. */
  readonly at: string;
  readonly attempts: number;
  /** Where it was going, or where the record came from. */
  readonly where: string;
  /** The function type it was for, or the egress; undefined for a record. */
  readonly type?: string;
  /** Type of its event; undefined when it is none. */
  readonly eventType?: string;
  readonly messageId?: string;
  readonly payloadBytes: number;
  /** It is taken up again at the next start. */
  readonly redriveRequested: boolean;
}

/** All that is kept of one. */
export interface ShownDeadLetter extends ListedDeadLetter {
  readonly ingress?: DeadLetter['ingress'];
  readonly target?: string;
  readonly caller?: string;
  readonly egressId?: string;
  readonly partitionKey?: string;
  /** Where it was thrown. */
  readonly stack?: string;
  /** The event, or what came in instead of one: see `shownValue`. */
  readonly payload: unknown;
}

/** The dead letters that are meant, oldest first. */
export function listDeadLetters(snapshot: StoreSnapshot, filter: DeadLetterFilter = {}): readonly ListedDeadLetter[] {
  const { letters, requested } = readDeadLetters(snapshot);
  return letters.map((letter) => toListed(letter, requested)).filter((letter) => matchesFilter(letter, filter));
}

/** Throws DEAD_LETTER_UNKNOWN. */
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

/** The content is what came in, so it can be anything. */
function eventTypeOf(content: unknown): string | undefined {
  const { type } = (content ?? {}) as { readonly type?: unknown }; // anything but null and undefined may be asked for a property
  return typeof type === 'string' ? type : undefined;
}

function whereOf({ target, egressId, ingress }: DeadLetter): string {
  return target ?? egressId ?? (ingress === undefined ? '' : `${ingress.name} ${ingress.partition} ${ingress.position}`);
}

/** A record is shown as it came in, a message or egress record by its event. */
function contentOf({ kind, payload }: DeadLetter): { readonly payload: unknown; readonly partitionKey?: string | undefined } {
  if (kind === 'record') return { payload: shownValue(payload) };
  const { payload: text, partitionKey } = Envelope.decodeTrusted(payload);
  return { payload: shownValue(Buffer.from(text)), partitionKey };
}
