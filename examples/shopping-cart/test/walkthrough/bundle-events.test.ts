import { afterEach, describe, expect, it } from '@jest/globals';
import { defineApplication } from 'statefun';
import { testApplication, type TestApplication } from 'statefun/testing';
import application from '../../src/application.ts';
import { CartFunction } from '../../src/functions/cart-function.ts';
import { BundleEvents } from '../../src/walkthrough/bundle-events.ts';

let cart: TestApplication | undefined;

afterEach(() => cart?.stop());

describe('the walk-through', () => {
  it('puts every product of a bundle into the cart, by a forwarder alone', async () => {
    cart = await testApplication(defineApplication({ ...application.options, forwarders: [BundleEvents] }));

    const { expectations } = await cart.play(new URL('../fixtures/cart-bundle.jsonl', import.meta.url));

    expect(expectations).toBe(1);
    expect(await cart.state(CartFunction, 'cart-1')).toMatchObject({ items: { lamp: { quantity: 1 }, chair: { quantity: 1 } } });
  });

  it('is no part of the application', async () => {
    cart = await testApplication(application);

    await cart.receives({ type: 'example.cart-bundle', data: { cartId: 'cart-1', products: [] } });

    expect(cart.deadLetters()).toHaveLength(1);
  });
});
