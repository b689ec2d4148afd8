import { eventType } from 'statefun';
import { z } from 'zod';

const cartProductSchema = z.object({
  cartId: z.string().min(1),
  productId: z.string().min(1),
  /** How many are added; negative when some are taken out. */
  quantity: z.int(),
  /** The price the customer saw. */
  originPrice: z.number(),
});

/** Some of a product put into a cart, or taken out of it. */
export type CartProduct = z.infer<typeof cartProductSchema>;

/** A customer put a product into a cart, or took it out. Comes from the cart service. */
export const CartProductChanged = eventType('example.cart-product', cartProductSchema, { source: 'http://example.com/cart-service' });
