import type { CloudEvent, NewEvent } from '../envelope/cloud-event.ts';
import { encodePath, isAddressId, isFunctionType, type Address } from '../shared/address.ts';
import { describe, StatefunError } from '../shared/errors.ts';
import type { AddressState } from '../state/address-state.ts';
import { cellLink } from '../state/cell.ts';
import type { CellDefinition } from '../state/cell-definition.ts';
import type { Entry } from '../state/entry.ts';
import type { PersistedTable } from '../state/persisted-table.ts';
import { jsonType } from '../state/state-type.ts';
import { TableSteps } from '../state/table-steps.ts';
import type { Located } from './located.ts';

/** Format of subscription events. An application sets both options to work with functions of other systems. */
export interface SubscriptionOptions {
  /** Type of the events that subscribe, unsubscribe or query. @defaultValue `'statefun.function-subscription'` */
  readonly eventType?: string;
  /** Prefix of their source, which continues with `<namespace>.<name>/<id>` of the subscriber. @defaultValue `'/'` */
  readonly sourcePrefix?: string;
}

/** {@link SubscriptionOptions} with the defaults filled in. */
export type SubscriptionSettings = Required<SubscriptionOptions>;

export function toSubscriptionSettings(options: SubscriptionOptions = {}): SubscriptionSettings {
  return { eventType: options.eventType ?? 'statefun.function-subscription', sourcePrefix: options.sourcePrefix ?? '/' };
}

export type SubscriptionAction = 'SUBSCRIBE' | 'UNSUBSCRIBE' | 'QUERY';

/** What a message that subscribes, unsubscribes or queries asks of its target. Its event is made only when it is written or leaves the process. */
export interface SubscriptionRequest {
  readonly action: SubscriptionAction;
  readonly correlationId: string | null;
}

/** An address in a subscription event. */
export interface AddressData {
  readonly namespace: string;
  readonly type: string;
  readonly id: string;
}

/** The `data` of a subscription event. */
export interface SubscriptionData {
  readonly action: SubscriptionAction;
  readonly publisher: AddressData;
  readonly subscriber: AddressData;
  readonly correlationId: string | null;
}

/** One row of a publisher's table of subscribers, stored under its {@link subscriberKey}. */
export interface Subscriber extends AddressData {
  readonly dateCreated: string;
  readonly correlationId: string | null;
}

/** Name of the framework's cell in the state of every function. No class property can have this name. */
export const subscriberCellName = '$subscribers';
export const subscriberCell: CellDefinition = {
  property: undefined,
  name: subscriberCellName,
  kind: 'table',
  type: jsonType<Subscriber>(),
};

/** Returns the event with which `subscriber` subscribes, unsubscribes or queries at `publisher`. */
export function subscriptionEvent(
  settings: SubscriptionSettings,
  action: SubscriptionAction,
  subscriber: Address,
  publisher: Address,
  correlationId: string | undefined,
): NewEvent<SubscriptionData> {
  const from = toAddressData(subscriber);
  return {
    type: settings.eventType,
    source: `${settings.sourcePrefix}${encodePath(`${from.namespace}.${from.type}`)}/${encodeURIComponent(from.id)}`,
    data: { action, publisher: toAddressData(publisher), subscriber: from, correlationId: correlationId ?? null },
  };
}

/** Reads and checks the data of a subscription event. Throws INVALID_EVENT_DATA, naming the field. */
export function readSubscription(event: CloudEvent): SubscriptionData {
  const data = event.data as Partial<SubscriptionData> | null | undefined;
  if (typeof data !== 'object' || data === null) throw invalid(event, 'data', event.data);
  if (data.action !== 'SUBSCRIBE' && data.action !== 'UNSUBSCRIBE' && data.action !== 'QUERY')
    throw invalid(event, 'data.action', data.action);
  if (!isAddressData(data.subscriber)) throw invalid(event, 'data.subscriber', data.subscriber);
  if (!isAddressData(data.publisher)) throw invalid(event, 'data.publisher', data.publisher);
  const correlationId = data.correlationId ?? null;
  if (correlationId !== null && typeof correlationId !== 'string') throw invalid(event, 'data.correlationId', correlationId);
  return { action: data.action, subscriber: data.subscriber, publisher: data.publisher, correlationId };
}

/**
 * Returns the key of a subscriber's row: `<namespace>:<name>:<id>`. If namespace or name contain a colon, another address could have the same key, so
 * such a key begins with a colon and includes the lengths of its parts.
 */
export function subscriberKey({ namespace, type, id }: AddressData): string {
  if (!namespace.includes(':') && !type.includes(':')) return `${namespace}:${type}:${id}`;
  return `:${namespace.length}:${namespace}:${type.length}:${type}:${id}`;
}

/**
 * Returns the subscribers of an address, while an attempt is open. It is called only when they are read or changed, because some hosts load them only
 * then.
 */
export function subscribersOf(state: AddressState): PersistedTable<Subscriber> {
  // Safe: the cell is declared above with this type.
  return state.ownCell(subscriberCellName) as PersistedTable<Subscriber>;
}

/**
 * Returns the addresses of the subscribers, in the order of their subscriptions. Each row remembers what the host has found, until it changes or the
 * host no longer finds the address with it.
 */
export function* locateSubscribers(state: AddressState, locate: ((address: Address) => Located) | undefined): IterableIterator<Located> {
  const slot = subscribersOf(state)[cellLink].open;
  for (const entry of new TableSteps(slot, itself)) {
    // Safe: only this function sets the link of a row.
    let located = entry.link as Located | undefined;
    if (located?.live !== true) {
      const address = located?.address ?? toAddress(slot.read(entry));
      located = locate?.(address) ?? { address, live: true };
      entry.link = located;
    }
    yield located;
  }
}

function itself(_slot: unknown, entry: Entry): Entry {
  return entry;
}

/** Adds a subscriber, or replaces its row. */
export function addSubscriber(table: PersistedTable<Subscriber>, subscriber: Subscriber): void {
  const key = subscriberKey(subscriber);
  removeAmbiguousRow(table, subscriber, key);
  table.set(key, subscriber);
}

/** Removes a subscriber, if it is there. */
export function removeSubscriber(table: PersistedTable<Subscriber>, subscriber: AddressData): void {
  const key = subscriberKey(subscriber);
  removeAmbiguousRow(table, subscriber, key);
  table.delete(key);
}

/** Returns the key without lengths, which early versions used for types with a colon, so that a subscriber never has two rows. */
function removeAmbiguousRow(table: PersistedTable<Subscriber>, { namespace, type, id }: AddressData, key: string): void {
  const ambiguous = `${namespace}:${type}:${id}`;
  if (ambiguous === key) return;
  const row = table.get(ambiguous);
  if (row?.namespace === namespace && row.type === type && row.id === id) table.delete(ambiguous);
}

export function toAddress({ namespace, type, id }: AddressData): Address {
  return { type: functionTypeText(namespace, type), id };
}

/** Function types by namespace and name, so that each is one text whose hash is computed once. */
const knownTypes = new Map<string, Map<string, string>>();
const knownTypesMax = 1_000;

function functionTypeText(namespace: string, name: string): string {
  const known = knownTypes.get(namespace)?.get(name);
  if (known !== undefined) return known;
  const text = `${namespace}/${name}`;
  let ofNamespace = knownTypes.get(namespace);
  if (ofNamespace === undefined && knownTypes.size < knownTypesMax) knownTypes.set(namespace, (ofNamespace = new Map<string, string>()));
  if (ofNamespace !== undefined && ofNamespace.size < knownTypesMax) ofNamespace.set(name, text);
  return text;
}

export function toAddressData({ type, id }: Address): AddressData {
  const slash = type.indexOf('/');
  return { namespace: type.slice(0, slash), type: type.slice(slash + 1), id };
}

function isAddressData(value: unknown): value is AddressData {
  if (typeof value !== 'object' || value === null) return false;
  const { namespace, type, id } = value as Partial<AddressData>;
  return typeof namespace === 'string' && typeof type === 'string' && isFunctionType(`${namespace}/${type}`) && isAddressId(id);
}

function invalid(event: CloudEvent, field: string, value: unknown): StatefunError {
  return new StatefunError(
    'INVALID_EVENT_DATA',
    `event ${event.id} of type "${event.type}" is not a subscription: ${field} is ${describe(value)}.`,
    {
      facts: { eventId: event.id, eventType: event.type, field },
      hint: 'Subscriptions are sent with context.subscribe, unsubscribe and query.',
    },
  );
}
