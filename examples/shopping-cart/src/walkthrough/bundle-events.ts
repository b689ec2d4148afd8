// #region bundle-events
import { eventType, Forwarder, type CloudEvent, type Downstream, type EventForwarder } from 'statefun';
import { z } from 'zod';
import { CartProductChanged } from '../events/cart-product-changed.ts';
import { CartFunction } from '../functions/cart-function.ts';

const bundleSchema = z.object({
  cartId: z.string().min(1),
  products: z.array(z.object({ productId: z.string().min(1), price: z.number() })),
});
type Bundle = z.infer<typeof bundleSchema>;

export const BundleAdded = eventType('example.cart-bundle', bundleSchema);

/** Several products put into a cart with one click: one event comes in, one for each product is sent. */
@Forwarder(BundleAdded)
export class BundleEvents implements EventForwarder<Bundle> {
  forward({ data: { cartId, products } }: CloudEvent<Bundle>, downstream: Downstream): void {
    for (const { productId, price } of products) {
      downstream.send(CartFunction, cartId, CartProductChanged.create({ cartId, productId, quantity: 1, originPrice: price }));
    }
  }
}
// #endregion bundle-events
