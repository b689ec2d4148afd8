import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { testApplication, type TestApplication } from 'statefun/testing';
import application from '../src/application.ts';
import { CartFunction } from '../src/functions/cart-function.ts';
import { ProductFunction } from '../src/functions/product-function.ts';
import { cartProductChanged, productChanged } from './events.ts';

const widget = '8f8339b5-6810-4c10-ae52-5262eb369f6e';
const cartId = 'b0173b21-1609-4a1f-a7c9-0985c79e91e2';

let cart: TestApplication;

beforeEach(async () => {
  cart = await testApplication(application);
});

afterEach(() => cart.stop());

describe('shopping cart', () => {
  it('reports the price of the product when it enters the cart, and again when it changes', async () => {
    await cart.play(new URL('../../../test/resources/product-cart-integration-test-events.jsonl', import.meta.url));

    const item = { productId: widget, originPrice: 42, quantity: 1, availability: 'IN_STOCK' };
    expect(cart.egress().map(({ egressId, key, event }) => ({ egressId, key, type: event.type, data: event.data }))).toEqual([
      {
        egressId: 'example/cart-status',
        key: cartId,
        type: 'example.cart-status',
        data: { cartId, cartItemStatuses: [{ ...item, currentPrice: 42 }] },
      },
      {
        egressId: 'example/cart-status',
        key: cartId,
        type: 'example.cart-status',
        data: { cartId, cartItemStatuses: [{ ...item, currentPrice: 42.42 }] },
      },
    ]);
    expect(cart.deadLetters()).toEqual([]);
  });

  it('follows a cart from its first item to its last', async () => {
    const { expectations } = await cart.play(new URL('./fixtures/cart-lifecycle.jsonl', import.meta.url));

    expect(expectations).toBe(8);
    expect(cart.deadLetters()).toEqual([]);
  });

  it('reports to every cart that holds the product, and to no other', async () => {
    await cart.receives(cartProductChanged({ cartId: 'cart-1' }));
    await cart.receives(cartProductChanged({ cartId: 'cart-2', productId: 'chair' }));
    await cart.receives(cartProductChanged({ cartId: 'cart-3' }));

    await cart.receives(productChanged({ id: 'lamp' }));

    expect(cart.egress().map(({ key }) => key)).toEqual(['cart-1', 'cart-3']);
  });

  it('gives every cart-status event an id of its own', async () => {
    await cart.receives(cartProductChanged());
    await cart.receives(productChanged());
    await cart.receives(productChanged());

    expect(new Set(cart.egress().map(({ event }) => event.id)).size).toBe(2);
  });

  it('ends the subscription when the item is taken out', async () => {
    await cart.receives(cartProductChanged({ quantity: 1 }));
    expect(await cart.subscribers(ProductFunction, 'lamp')).toEqual([{ type: 'example/cart', id: 'cart-1' }]);

    await cart.receives(cartProductChanged({ quantity: -1 }));

    expect(await cart.subscribers(ProductFunction, 'lamp')).toEqual([]);
  });

  it.each([
    { event: { type: 'example.product', data: { ...productChanged().data, availability: 'SOON' } }, field: 'data.availability' },
    { event: { type: 'example.cart-product', data: { ...cartProductChanged().data, quantity: 'two' } }, field: 'data.quantity' },
  ])('makes a dead letter of malformed data that names $field', async ({ event, field }) => {
    await cart.receives(event);

    expect(cart.deadLetters()).toMatchObject([{ kind: 'record', code: 'INVALID_EVENT_DATA', reason: expect.stringContaining(field) }]);
    expect(await cart.state(ProductFunction, 'lamp')).toEqual({});
    expect(await cart.state(CartFunction, 'cart-1')).toEqual({});
  });

  it('makes a dead letter of an event type that no forwarder takes', async () => {
    await cart.receives({ type: 'example.cart-cleared', data: { cartId: 'cart-1' } });

    expect(cart.deadLetters()).toHaveLength(1);
  });
});
