import { describe, expect, it } from '@jest/globals';
import { completeEvent } from '../../src/envelope/complete-event.ts';
import { requestContent } from '../../src/functions/subscription-request.ts';
import { readSubscription, subscriptionEvent, toSubscriptionSettings } from '../../src/functions/subscriptions.ts';

const subscriber = { type: 'shop/cart', id: 'a/b c' };
const publisher = { type: 'shop/product', id: 'p' };
const defaults = { id: 'the-id', source: '/shop/cart/a', timeMs: Date.UTC(2026, 0, 1) };
const settings = toSubscriptionSettings({ sourcePrefix: 'http://example.com/' });

describe('requestContent', () => {
  it('makes the event of the request, once and only when it is needed', () => {
    let made = 0;
    const content = requestContent(settings, { action: 'SUBSCRIBE', correlationId: 'c' }, subscriber, publisher, () => {
      made += 1;
      return defaults;
    });
    expect([made, content?.payloadBytes]).toEqual([0, expect.any(Number)]);

    const event = content?.event;
    expect(event).toEqual({
      specversion: '1.0',
      id: 'the-id',
      source: 'http://example.com/shop.cart/a%2Fb%20c',
      type: 'statefun.function-subscription',
      time: '2026-01-01T00:00:00.000Z',
      datacontenttype: 'application/json',
      data: {
        action: 'SUBSCRIBE',
        publisher: { namespace: 'shop', type: 'product', id: 'p' },
        subscriber: { namespace: 'shop', type: 'cart', id: 'a/b c' },
        correlationId: 'c',
      },
    });
    expect(content?.event).toBe(event);
    expect([made, JSON.parse(content?.payload ?? '')]).toEqual([1, event]);
  });

  it('has an event that names the request, so that a message from the log does what the one in memory does', () => {
    for (const action of ['SUBSCRIBE', 'UNSUBSCRIBE', 'QUERY'] as const) {
      const content = requestContent(settings, { action, correlationId: null }, subscriber, publisher, () => defaults);
      if (content === undefined) throw new Error('the request is plain');
      expect(readSubscription(content.event)).toMatchObject({ action, correlationId: null, subscriber: { id: 'a/b c' } });
      expect(content.event).toEqual(completeEvent(subscriptionEvent(settings, action, subscriber, publisher, undefined), defaults));
    }
  });

  it('counts about the bytes of the event, and the same number before and after it was made', () => {
    const long = 'x'.repeat(10_000);
    const content = requestContent(settings, { action: 'QUERY', correlationId: long }, subscriber, publisher, () => defaults);
    const before = content?.payloadBytes ?? 0;
    const written = Buffer.byteLength(content?.payload ?? '');
    expect(Math.abs(before - written)).toBeLessThan(200);
    expect(content?.payloadBytes).toBe(before);
  });

  it.each([
    [{ eventType: '' }, null],
    [{ sourcePrefix: 'not a uri/' }, null],
    [{ sourcePrefix: 'http://' }, null],
    [{ sourcePrefix: 'shop' }, null],
    [{}, 7 as never],
  ])('returns nothing where the event could be invalid, so that the sender sees it (%#)', (options, correlationId) => {
    const request = { action: 'SUBSCRIBE', correlationId } as const;
    expect(requestContent(toSubscriptionSettings(options), request, subscriber, publisher, () => defaults)).toBeUndefined();
  });
});
