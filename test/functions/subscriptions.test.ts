import { describe, expect, it } from '@jest/globals';
import type { CloudEvent } from '../../src/envelope/cloud-event.ts';
import {
  readSubscription,
  subscriberKey,
  subscriptionEvent,
  toAddress,
  toSubscriptionSettings,
} from '../../src/functions/subscriptions.ts';

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

  it('can be read again', () => {
    const { data } = subscriptionEvent(settings, 'QUERY', cart, product, 'why');
    expect(readSubscription(received(data))).toEqual(data);
    expect(toAddress(readSubscription(received(data)).subscriber)).toEqual(cart);
  });
});

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
