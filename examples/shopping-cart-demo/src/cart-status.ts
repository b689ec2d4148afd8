/** The egress of the shopping cart. */
export const cartStatusEgress = 'example/cart-status';

/** One item of a cart, as the shopping cart reports it. */
export interface CartItem {
  readonly productId: string;
  readonly originPrice: number;
  readonly quantity: number;
  /** Absent, like `availability`, until the product is known. */
  readonly currentPrice?: number;
  readonly availability?: string;
}

/** What the shopping cart reports about a cart. */
export interface CartStatus {
  readonly cartId: string;
  readonly cartItemStatuses: readonly CartItem[];
}
