import type { CartItem, CartStatus } from './cart-status.ts';

/** A cart-status event for people: the cart, its items, and the event itself below. */
export function formatCartStatus(text: string): string {
  const { type, data } = parseCartStatus(text);
  const items = data.cartItemStatuses.map((item) => `        ${formatItem(item)}`);
  return [`  <== ${type}  cart ${data.cartId}`, ...items, `        ${text}`].join('\n');
}

/** What the application writes to its egress stream. */
export function parseCartStatus(text: string): { type: string; data: CartStatus } {
  // Only the cart function writes to the stream, and its events have this data.
  return JSON.parse(text) as { type: string; data: CartStatus };
}

function formatItem({ productId, quantity, originPrice, currentPrice, availability }: CartItem): string {
  const now = currentPrice === undefined ? 'price not known yet' : `current price ${currentPrice}`;
  return `${quantity} x product ${productId}: put in at ${originPrice}, ${now}${availability === undefined ? '' : `, ${availability}`}`;
}
