import { describe, expect, it, jest } from '@jest/globals';
import type { CloudEvent, Downstream } from 'statefun';
import type { CartProduct } from '../../src/events/cart-product-changed.ts';
import { CartEvents } from '../../src/forwarders/cart-events.ts';
import { CartFunction } from '../../src/functions/cart-function.ts';
import { cartProductChanged } from '../events.ts';

describe('CartEvents', () => {
  it('forwards a cart event as it is to the function of the cart', () => {
    const send = jest.fn<Downstream['send']>();
    const { type, data } = cartProductChanged({ cartId: 'cart-7' });
    const event: CloudEvent<CartProduct> = { specversion: '1.0', id: 'event-1', source: 'http://example.com/cart-service', type, data };

    new CartEvents().forward(event, { send });

    expect(send.mock.calls).toEqual([[CartFunction, 'cart-7', event]]);
  });
});
