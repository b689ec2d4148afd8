import { describe, expect, it } from '@jest/globals';
import { testFunction, type TestFunction } from 'statefun/testing';
import application from '../../src/application.ts';
import type { CartItem } from '../../src/events/cart-status-changed.ts';
import { CartFunction } from '../../src/functions/cart-function.ts';
import { ProductFunction } from '../../src/functions/product-function.ts';
import { cartProductChanged, productChanged } from '../events.ts';

const lamp: CartItem = { productId: 'lamp', originPrice: 20, quantity: 2 };
const chair: CartItem = { productId: 'chair', originPrice: 80, quantity: 1, currentPrice: 79.5, availability: 'IN_STOCK' };

/** The cart `cart-1` with these items in it. */
function cartWith(...items: readonly CartItem[]): Promise<TestFunction> {
  const state = { items: Object.fromEntries(items.map((item) => [item.productId, item])) };
  return testFunction(CartFunction, { application, id: 'cart-1', state });
}

function requestsTo(cart: TestFunction, productId: string): readonly unknown[] {
  return cart.sentTo(ProductFunction, productId).map(({ data }) => (data as { action: string }).action);
}

describe('cart function, when a cart event arrives', () => {
  it('puts the item in and subscribes to its product, once', async () => {
    const cart = await cartWith();

    await cart.receives(cartProductChanged({ quantity: 2, originPrice: 20 }));
    await cart.receives(cartProductChanged({ quantity: 1, originPrice: 20 }));

    expect(cart.state).toEqual({ items: { lamp: { ...lamp, quantity: 3 } } });
    expect(requestsTo(cart, 'lamp')).toEqual(['SUBSCRIBE']);
  });

  it('subscribes with the event of the Java example', async () => {
    const cart = await cartWith();

    await cart.receives(cartProductChanged());

    expect(cart.sent).toMatchObject([
      {
        to: { type: 'example/product', id: 'lamp' },
        event: {
          type: 'example.function-subscription',
          source: 'http://stateful_functions.example.com/example.cart/cart-1',
          data: {
            action: 'SUBSCRIBE',
            publisher: { namespace: 'example', type: 'product', id: 'lamp' },
            subscriber: { namespace: 'example', type: 'cart', id: 'cart-1' },
            correlationId: null,
          },
        },
      },
    ]);
  });

  it.each([
    { has: 2, event: 3, then: 5 },
    { has: 2, event: 0, then: 2 },
    { has: 2, event: -1, then: 1 },
  ])('adds the quantity of the event: $has and $event is $then', async ({ has, event, then }) => {
    const cart = await cartWith({ ...lamp, quantity: has });

    await cart.receives(cartProductChanged({ quantity: event }));

    expect(cart.state).toMatchObject({ items: { lamp: { quantity: then } } });
    expect(cart.sent).toEqual([]);
  });

  it.each([-2, -3])('takes an item out at a quantity of 0, never below: 2 and %i', async (quantity) => {
    const cart = await cartWith(lamp, chair);

    await cart.receives(cartProductChanged({ quantity }));

    expect(cart.state).toEqual({ items: { chair } });
    expect(requestsTo(cart, 'lamp')).toEqual(['UNSUBSCRIBE']);
  });

  it('keeps nothing of an empty cart', async () => {
    const cart = await cartWith(lamp);

    await cart.receives(cartProductChanged({ quantity: -2 }));

    expect(cart.state).toEqual({});
  });

  it.each([0, -1])('changes nothing when a first event has the quantity %i', async (quantity) => {
    const cart = await cartWith();

    await cart.receives(cartProductChanged({ quantity }));

    expect(cart.state).toEqual({});
    expect(cart.sent).toEqual([]);
  });

  it('subscribes again for an item that comes back', async () => {
    const cart = await cartWith(lamp);

    await cart.receives(cartProductChanged({ quantity: -2 }));
    await cart.receives(cartProductChanged({ quantity: 1 }));

    expect(requestsTo(cart, 'lamp')).toEqual(['UNSUBSCRIBE', 'SUBSCRIBE']);
  });

  it('takes the origin price of the latest cart event and keeps the current price', async () => {
    const cart = await cartWith(chair);

    await cart.receives(cartProductChanged({ productId: 'chair', quantity: 1, originPrice: 75 }));

    expect(cart.state).toEqual({ items: { chair: { ...chair, originPrice: 75, quantity: 2 } } });
  });

  it('reports nothing', async () => {
    const cart = await cartWith(chair);

    await cart.receives(cartProductChanged({ quantity: 1 }));
    await cart.receives(cartProductChanged({ productId: 'chair', quantity: -1 }));

    expect(cart.egress).toEqual([]);
  });

  it.each([
    { field: 'quantity', value: 1.5 },
    { field: 'quantity', value: '1' },
    { field: 'originPrice', value: null },
    { field: 'productId', value: '' },
    { field: 'cartId', value: undefined },
  ])('refuses $field = $value, naming the field, and changes nothing', async ({ field, value }) => {
    const cart = await cartWith(lamp);

    const malformed = { type: 'example.cart-product', data: { ...cartProductChanged().data, [field]: value } };
    await expect(cart.receives(malformed)).rejects.toMatchObject({ code: 'INVALID_EVENT_DATA', facts: { fields: [`data.${field}`] } });

    expect(cart.state).toEqual({ items: { lamp } });
    expect(cart.sent).toEqual([]);
    expect(cart.deadLetters).toHaveLength(1);
  });

  it('ignores data fields it does not know', async () => {
    const cart = await cartWith();

    await cart.receives({ type: 'example.cart-product', data: { ...cartProductChanged().data, coupon: 'SPRING' } });

    expect(cart.state).toEqual({ items: { lamp: { ...lamp, quantity: 1 } } });
  });
});

describe('cart function, when a product event arrives', () => {
  it('keeps price and availability and reports all items, in the order in which they came', async () => {
    const cart = await cartWith(lamp, chair);

    await cart.receives(productChanged({ id: 'lamp', price: 21, availability: 'OUT_OF_STOCK' }));

    const items = [{ ...lamp, currentPrice: 21, availability: 'OUT_OF_STOCK' }, chair];
    expect(cart.state).toEqual({ items: { lamp: items[0], chair } });
    expect(cart.egress).toMatchObject([
      {
        egressId: 'example/cart-status',
        key: 'cart-1',
        event: {
          type: 'example.cart-status',
          source: 'http://stateful_functions.example.com/cart-function',
          data: { cartId: 'cart-1', cartItemStatuses: items },
        },
      },
    ]);
  });

  it('lists an item whose product is not known yet without price and availability', async () => {
    const cart = await cartWith(lamp, { productId: 'chair', originPrice: 80, quantity: 1 });

    await cart.receives(productChanged({ id: 'chair', price: 79.5 }));

    expect(cart.egress.map(({ event }) => event.data)).toEqual([{ cartId: 'cart-1', cartItemStatuses: [lamp, chair] }]);
  });

  it('changes nothing and reports nothing for an item that is not in the cart', async () => {
    const cart = await cartWith(chair);

    await cart.receives(productChanged({ id: 'lamp' }));

    expect(cart.state).toEqual({ items: { chair } });
    expect(cart.egress).toEqual([]);
    expect(cart.sent).toEqual([]);
  });

  it('changes nothing and reports nothing when there is no cart', async () => {
    const cart = await cartWith();

    await cart.receives(productChanged());

    expect(cart.state).toEqual({});
    expect(cart.egress).toEqual([]);
  });

  it('writes prices as JSON numbers, exactly as they came', async () => {
    const cart = await cartWith({ ...lamp, originPrice: 42 });

    await cart.receives(productChanged({ price: 42.42 }));

    expect(JSON.stringify(cart.egress[0]?.event.data)).toContain('"originPrice":42,"quantity":2,"currentPrice":42.42,');
  });
});

describe('cart function', () => {
  it('makes a dead letter of an event type it does not know', async () => {
    const cart = await testFunction(CartFunction, { application, id: 'cart-1' });

    await expect(cart.receives({ type: 'example.cart-cleared', data: {} })).rejects.toMatchObject({ code: 'UNHANDLED_EVENT_TYPE' });

    expect(cart.deadLetters).toMatchObject([{ code: 'UNHANDLED_EVENT_TYPE', target: 'example/cart/cart-1' }]);
  });
});
