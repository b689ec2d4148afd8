import type { CloudEvent, NewEvent } from '../envelope/cloud-event.ts';
import { encodePath, isAddressId, isFunctionType, type Address } from '../shared/address.ts';
import { describe, StatefunError } from '../shared/errors.ts';
import type { AddressState } from '../state/address-state.ts';
import type { CellDefinition } from '../state/cell-definition.ts';
import type { PersistedTable } from '../state/persisted-table.ts';
import { jsonType } from '../state/state-type.ts';

/** How subscriptions travel; an application sets both to talk with functions written elsewhere. */
export interface SubscriptionOptions {
  /** Type of the events that ask to subscribe, unsubscribe or query. @defaultValue `'statefun.function-subscription'` */
  readonly eventType?: string;
  /** Their source is this, followed by `<namespace>.<name>/<id>` of the subscriber. @defaultValue `'/'` */
  readonly sourcePrefix?: string;
}

/** {@link SubscriptionOptions} with the defaults filled in. */
export type SubscriptionSettings = Required<SubscriptionOptions>;

export function toSubscriptionSettings(options: SubscriptionOptions = {}): SubscriptionSettings {
  return { eventType: options.eventType ?? 'statefun.function-subscription', sourcePrefix: options.sourcePrefix ?? '/' };
}

export type SubscriptionAction = 'SUBSCRIBE' | 'UNSUBSCRIBE' | 'QUERY';

/** An address as subscription events write it. */
interface AddressData {
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

/** One row of a publisher's table of subscribers; see {@link subscriberKey}. */
export interface Subscriber extends AddressData {
  readonly dateCreated: string;
  readonly correlationId: string | null;
}

/** The framework's own cell in every function's state. No class property can have this name. */
export const subscriberCellName = '$subscribers';
export const subscriberCell: CellDefinition = {
  property: undefined,
  name: subscriberCellName,
  kind: 'table',
  type: jsonType<Subscriber>(),
};

/** The event with which `subscriber` asks something of `publisher`. */
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

/** The checked data of a subscription event; throws INVALID_EVENT_DATA naming the field. */
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
 * The key of a subscriber's row: `<namespace>:<name>:<id>`. Where namespace or name hold a colon themselves, another address could have the
 * same one, so such a key begins with a colon, and lengths say where its parts end.
 */
export function subscriberKey({ namespace, type, id }: AddressData): string {
  if (!namespace.includes(':') && !type.includes(':')) return `${namespace}:${type}:${id}`;
  return `:${namespace.length}:${namespace}:${type.length}:${type}:${id}`;
}

/**
 * The subscribers of an address, while an attempt is open. Asked for only when they are read or changed: a host need not have them until
 * then.
 */
export function subscribersOf(state: AddressState): PersistedTable<Subscriber> {
  // Safe: the cell above is declared with this type.
  return state.ownCell(subscriberCellName) as PersistedTable<Subscriber>;
}

/** Adds a subscriber, or replaces its row. */
export function addSubscriber(table: PersistedTable<Subscriber>, subscriber: Subscriber): void {
  const key = subscriberKey(subscriber);
  removeAmbiguousRow(table, subscriber, key);
  table.set(key, subscriber);
}

/** Removes a subscriber, if it is one. */
export function removeSubscriber(table: PersistedTable<Subscriber>, subscriber: AddressData): void {
  const key = subscriberKey(subscriber);
  removeAmbiguousRow(table, subscriber, key);
  table.delete(key);
}

/** State folders of early versions hold rows of types with a colon under the key without lengths: the same subscriber has one row. */
function removeAmbiguousRow(table: PersistedTable<Subscriber>, { namespace, type, id }: AddressData, key: string): void {
  const ambiguous = `${namespace}:${type}:${id}`;
  if (ambiguous === key) return;
  const row = table.get(ambiguous);
  if (row?.namespace === namespace && row.type === type && row.id === id) table.delete(ambiguous);
}

export function toAddress({ namespace, type, id }: AddressData): Address {
  return { type: `${namespace}/${type}`, id };
}

function toAddressData({ type, id }: Address): AddressData {
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
