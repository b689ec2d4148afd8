import { describe, expect, it } from '@jest/globals';
import { findProblem } from '../src/expected-prices.ts';

function statusWithPrice(currentPrice: number): string {
  const item = { productId: 'lamp', originPrice: 42, quantity: 1, currentPrice, availability: 'IN_STOCK' };
  return JSON.stringify({ type: 'example.cart-status', data: { cartId: 'cart-1', cartItemStatuses: [item] } });
}

describe('findProblem', () => {
  it('finds none when the price is reported before and after it goes up', () => {
    expect(findProblem([statusWithPrice(42), statusWithPrice(42.42)])).toBeUndefined();
  });

  it.each([
    { prices: [], received: 'received 0: none' },
    { prices: [42], received: 'received 1: 42' },
    { prices: [42.42, 42], received: 'received 2: 42.42, 42' },
    { prices: [42, 42.42, 42.42], received: 'received 3: 42, 42.42, 42.42' },
  ])('says what came instead: $received', ({ prices, received }) => {
    expect(findProblem(prices.map(statusWithPrice))).toBe(
      `expected 2 cart-status events with the current prices 42 and 42.42, ${received}`,
    );
  });
});
