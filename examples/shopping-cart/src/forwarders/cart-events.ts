import { Forwarder, type CloudEvent, type Downstream, type EventForwarder } from 'statefun';
import { CartProductChanged, type CartProduct } from '../events/cart-product-changed.ts';
import { CartFunction } from '../functions/cart-function.ts';

/** What a customer does with a cart goes to the function of this cart. */
@Forwarder(CartProductChanged)
export class CartEvents implements EventForwarder<CartProduct> {
  forward(event: CloudEvent<CartProduct>, downstream: Downstream): void {
    downstream.send(CartFunction, event.data.cartId, event);
  }
}
