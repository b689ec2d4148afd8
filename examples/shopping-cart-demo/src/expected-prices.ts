import { parseCartStatus } from './format-cart-status.ts';

/** The current price in each cart-status event that the events of the demo lead to, in order: before the price goes up, and after. */
const expectedPrices = [42, 42.42];

/** What is wrong with the cart-status events, in words; undefined when they are as expected. */
export function findProblem(texts: readonly string[]): string | undefined {
  const prices = texts.map((text) => parseCartStatus(text).data.cartItemStatuses[0]?.currentPrice);
  if (prices.length === expectedPrices.length && prices.every((price, index) => price === expectedPrices[index])) return undefined;
  return `expected ${expectedPrices.length} cart-status events with the current prices ${expectedPrices.join(' and ')}, received ${texts.length}: ${prices.join(', ') || 'none'}`;
}
