import { describe, expect, it } from '@jest/globals';
import { formatCartStatus } from '../src/format-cart-status.ts';

describe('formatCartStatus', () => {
  it('shows the cart, its items, and the event as it came', () => {
    const items = [
      { productId: 'lamp', originPrice: 20, quantity: 2 },
      { productId: 'chair', originPrice: 80, quantity: 1, currentPrice: 79.5, availability: 'OUT_OF_STOCK' },
    ];
    const text = JSON.stringify({ type: 'example.cart-status', data: { cartId: 'cart-1', cartItemStatuses: items } });

    expect(formatCartStatus(text).split('\n')).toEqual([
      '  <== example.cart-status  cart cart-1',
      '        2 x product lamp: put in at 20, price not known yet',
      '        1 x product chair: put in at 80, current price 79.5, OUT_OF_STOCK',
      `        ${text}`,
    ]);
  });
});
