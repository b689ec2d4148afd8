import { describe, expect, it } from '@jest/globals';
import type { CloudEvent } from '../../src/envelope/cloud-event.ts';
import {
  addSubscriber,
  readSubscription,
  removeSubscriber,
  subscriberCell,
  subscribersOf,
  subscriberKey,
  subscriptionEvent,
  toAddress,
  toSubscriptionSettings,
  type Subscriber,
} from '../../src/functions/subscriptions.ts';
import { AddressState } from '../../src/state/address-state.ts';
import type { PersistedTable } from '../../src/state/persisted-table.ts';

const cart = { type: 'example/cart', id: 'c 1/ü' };
const product = { type: 'example/product', id: 'p1' };
const settings = toSubscriptionSettings({ eventType: 'example.function-subscription', sourcePrefix: '/shop/' });
const received = (data: unknown): CloudEvent => ({ specversion: '1.0', id: '1', source: '/', type: 'example.function-subscription', data });
const valid = {
  action: 'SUBSCRIBE',
  publisher: { namespace: 'example', type: 'product', id: 'p1' },
  subscriber: { namespace: 'example', type: 'cart', id: 'c1' },
  correlationId: null,
};

describe('subscriptionEvent', () => {
  it('writes the contract of the Java example', () => {
    expect(subscriptionEvent(settings, 'SUBSCRIBE', cart, product, undefined)).toEqual({
      type: 'example.function-subscription',
      source: '/shop/example.cart/c%201%2F%C3%BC',
      data: { ...valid, subscriber: { namespace: 'example', type: 'cart', id: 'c 1/ü' } },
    });
  });

  it('has a source that is a URI reference, whatever is in the type', () => {
    const { source } = subscriptionEvent(settings, 'QUERY', { type: 'größe/50%', id: '[1]' }, product, undefined);
    expect(source).toBe('/shop/gr%C3%B6%C3%9Fe.50%25/%5B1%5D');
  });

  it('can be read again', () => {
    const { data } = subscriptionEvent(settings, 'QUERY', cart, product, 'why');
    expect(readSubscription(received(data))).toEqual(data);
    expect(toAddress(readSubscription(received(data)).subscriber)).toEqual(cart);
  });
});

describe('the row of a subscriber', () => {
  const distinct = [
    { namespace: 'a', type: 'b', id: 'c:d' },
    { namespace: 'a', type: 'b:c', id: 'd' },
    { namespace: 'a:b', type: 'c', id: 'd' },
    { namespace: 'a:b:c', type: 'd', id: ':' },
    { namespace: 'a', type: 'b:c:d', id: ':' },
  ];

  it('is that of no other address, whatever colons stand in its parts', () => {
    expect(new Set(distinct.map(subscriberKey)).size).toBe(distinct.length);
  });

  it('is one, also where an early version wrote it under a key without lengths', () => {
    const row = { namespace: 'a', type: 'b:c', id: 'd', dateCreated: '2026-01-01T00:00:00.000Z', correlationId: null };
    const table = subscribersTable();
    table.set('a:b:c:d', row);
    addSubscriber(table, row);
    expect([...table.keys()]).toEqual([subscriberKey(row)]);
    table.set('a:b:c:d', { ...row, type: 'b', id: 'c:d' });
    removeSubscriber(table, row);
    expect([...table.keys()]).toEqual(['a:b:c:d']);
  });
});

/** The table of subscribers of an address with an attempt under way. */
function subscribersTable(): PersistedTable<Subscriber> {
  const state = new AddressState([subscriberCell], []);
  state.begin();
  return subscribersOf(state);
}

describe('readSubscription', () => {
  it('names the row of a subscriber as the Java example does', () => {
    expect(subscriberKey(readSubscription(received(valid)).subscriber)).toBe('example:cart:c1');
  });

  it.each([
    ['data', null],
    ['data', 'SUBSCRIBE'],
    ['data.action', { ...valid, action: 'PUBLISH' }],
    ['data.subscriber', { ...valid, subscriber: undefined }],
    ['data.subscriber', { ...valid, subscriber: { ...valid.subscriber, id: '' } }],
    ['data.subscriber', { ...valid, subscriber: { ...valid.subscriber, id: 7 } }],
    ['data.subscriber', { ...valid, subscriber: { ...valid.subscriber, id: 'x'.repeat(70_000) } }],
    ['data.subscriber', { ...valid, subscriber: { ...valid.subscriber, id: '\ud800' } }],
    ['data.subscriber', { ...valid, subscriber: { ...valid.subscriber, namespace: 7 } }],
    ['data.subscriber', { ...valid, subscriber: { ...valid.subscriber, type: 'a/b' } }],
    ['data.publisher', { ...valid, publisher: {} }],
    ['data.correlationId', { ...valid, correlationId: 7 }],
  ])('names %s when it cannot be used (%#)', (field, data) => {
    expect(() => readSubscription(received(data))).toThrow(
      expect.objectContaining({ code: 'INVALID_EVENT_DATA', facts: expect.objectContaining({ field }) }),
    );
  });
});
