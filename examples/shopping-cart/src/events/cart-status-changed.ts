import { eventType } from 'statefun';
import type { Product } from './product-changed.ts';

/** One line of a cart: the price the customer saw beside the price and availability of this moment. */
export interface CartItem {
  readonly productId: string;
  readonly originPrice: number;
  readonly quantity: number;
  /** Absent, like `availability`, until the product is known. */
  readonly currentPrice?: Product['price'];
  readonly availability?: Product['availability'];
}

/** A whole cart, its items in the order in which they were put in. */
export interface CartStatus {
  readonly cartId: string;
  readonly cartItemStatuses: readonly CartItem[];
}

/** The price or availability of something in a cart is different. Leaves the application; nothing here receives it, so it has no schema. */
export const CartStatusChanged = eventType<CartStatus>('example.cart-status', {
  source: 'http://stateful_functions.example.com/cart-function',
});
