import { describe, expect, it } from '@jest/globals';
import { testFunction } from 'statefun/testing';
import application from '../../src/application.ts';
import { ProductFunction } from '../../src/functions/product-function.ts';
import { productChanged } from '../events.ts';

const cart = { type: 'example/cart', id: 'cart-1' };
const otherCart = { type: 'example/cart', id: 'cart-2' };
const lamp = { id: 'lamp', title: 'Lamp', description: 'Gives light', price: 20, availability: 'IN_STOCK' };

/** A subscription event as the Java example writes it. */
function subscription(action: string, subscriberId = cart.id) {
  return {
    type: 'example.function-subscription',
    source: `http://stateful_functions.example.com/example.cart/${subscriberId}`,
    data: {
      action,
      publisher: { namespace: 'example', type: 'product', id: 'lamp' },
      subscriber: { namespace: 'example', type: 'cart', id: subscriberId },
      correlationId: null,
    },
  };
}

describe('product function', () => {
  it('keeps the newest details of the product', async () => {
    const product = await testFunction(ProductFunction, { application, id: 'lamp' });

    await product.receives(productChanged({ price: 20 }));
    await product.receives(productChanged({ price: 21, availability: 'OUT_OF_STOCK' }));

    expect(product.state).toEqual({ details: { ...lamp, price: 21, availability: 'OUT_OF_STOCK' } });
    expect(product.sent).toEqual([]);
  });

  it('keeps the product of the fixture', async () => {
    const product = await testFunction(ProductFunction, { application, id: '8f8339b5-6810-4c10-ae52-5262eb369f6e' });

    await product.play(new URL('../../../../test/resources/product-function-isolated-test-events.jsonl', import.meta.url));

    expect(product.state).toMatchObject({ details: { title: 'Widget', price: 42, availability: 'IN_STOCK' } });
  });

  it('passes a product event on, unchanged, to every subscriber', async () => {
    const product = await testFunction(ProductFunction, { application, id: 'lamp', subscribers: [cart, otherCart] });
    const received = productChanged({ price: 19 });
    const event = { ...received, id: 'event-1', source: 'http://example.com/product-service', time: '2024-03-01T10:00:00Z' };

    await product.receives(event);

    expect(product.sent.map(({ to }) => to)).toEqual([cart, otherCart]);
    for (const { event: sent } of product.sent) expect(sent).toMatchObject(event);
  });

  it.each(['SUBSCRIBE', 'QUERY'])('answers %s with the details of the product', async (action) => {
    const product = await testFunction(ProductFunction, { application, id: 'lamp', state: { details: lamp } });

    await product.receives(subscription(action));

    expect(product.sent).toMatchObject([
      { to: cart, event: { type: 'example.product', source: 'http://stateful_functions.example.com/product-function', data: lamp } },
    ]);
  });

  it.each(['SUBSCRIBE', 'QUERY'])('does not answer %s while the product is not known', async (action) => {
    const product = await testFunction(ProductFunction, { application, id: 'lamp' });

    await product.receives(subscription(action));

    expect(product.sent).toEqual([]);
    expect(product.failure).toBeUndefined();
  });

  it('tells a cart that subscribed before the product was known about the next product event', async () => {
    const product = await testFunction(ProductFunction, { application, id: 'lamp' });

    await product.receives(subscription('SUBSCRIBE'));
    await product.receives(productChanged());

    expect(product.subscribers).toEqual([cart]);
    expect(product.sent).toMatchObject([{ to: cart, event: { type: 'example.product', data: lamp } }]);
  });

  it('remembers nobody for a QUERY', async () => {
    const product = await testFunction(ProductFunction, { application, id: 'lamp' });

    await product.receives(subscription('QUERY'));

    expect(product.subscribers).toEqual([]);
  });

  it('tells a cart that unsubscribed nothing more, and does not answer it', async () => {
    const product = await testFunction(ProductFunction, {
      application,
      id: 'lamp',
      state: { details: lamp },
      subscribers: [cart, otherCart],
    });

    await product.receives(subscription('UNSUBSCRIBE', cart.id));
    await product.receives(productChanged({ price: 18 }));

    expect(product.sent.map(({ to }) => to)).toEqual([otherCart]);
  });

  it('refuses malformed data, naming the field, and keeps what it had', async () => {
    const product = await testFunction(ProductFunction, { application, id: 'lamp', state: { details: lamp }, subscribers: [cart] });

    const malformed = { type: 'example.product', data: { ...lamp, price: 'cheap' } };
    await expect(product.receives(malformed)).rejects.toMatchObject({ code: 'INVALID_EVENT_DATA', facts: { fields: ['data.price'] } });

    expect(product.state).toEqual({ details: lamp });
    expect(product.sent).toEqual([]);
    expect(product.deadLetters).toMatchObject([{ code: 'INVALID_EVENT_DATA', target: 'example/product/lamp' }]);
  });

  it('ignores data fields it does not know', async () => {
    const product = await testFunction(ProductFunction, { application, id: 'lamp' });

    await product.receives({ type: 'example.product', data: { ...lamp, weightGrams: 900 } });

    expect(product.state).toEqual({ details: lamp });
  });
});
