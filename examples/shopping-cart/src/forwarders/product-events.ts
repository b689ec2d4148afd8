import { Forwarder, type CloudEvent, type Downstream, type EventForwarder } from 'statefun';
import { ProductChanged, type Product } from '../events/product-changed.ts';
import { ProductFunction } from '../functions/product-function.ts';

// #region product-events
/** What the product service says about a product goes to the function of this product. */
@Forwarder(ProductChanged)
export class ProductEvents implements EventForwarder<Product> {
  forward(event: CloudEvent<Product>, downstream: Downstream): void {
    downstream.send(ProductFunction, event.data.id, event);
  }
}
// #endregion product-events
