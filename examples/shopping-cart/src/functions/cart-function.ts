import { Handles, Persisted, PersistedTable, StatefunFunction, type Context, type EventOf } from 'statefun';
import { CartProductChanged } from '../events/cart-product-changed.ts';
import { CartStatusChanged, type CartItem } from '../events/cart-status-changed.ts';
import { ProductChanged } from '../events/product-changed.ts';
import { ProductFunction } from './product-function.ts';

/** The egress that cart-status events leave through. */
export const cartStatusEgress = 'example/cart-status';

// #region cart-function
/** Keeps one cart: what is in it, and what its products cost at this moment. An item is in the table as long as the cart is subscribed to its product. */
@StatefunFunction('example/cart')
export class CartFunction {
  @Persisted() private readonly items = PersistedTable.of<CartItem>();

  @Handles(CartProductChanged)
  onCartProduct({ data }: EventOf<typeof CartProductChanged>, context: Context): void {
    const { productId, originPrice } = data;
    const item = this.items.get(productId);
    const quantity = (item?.quantity ?? 0) + data.quantity;
    if (quantity > 0) {
      if (item === undefined) context.subscribe(ProductFunction, productId);
      this.items.set(productId, { ...item, productId, originPrice, quantity });
    } else if (item !== undefined) {
      context.unsubscribe(ProductFunction, productId);
      this.items.delete(productId);
    }
  }

  @Handles(ProductChanged)
  onProduct({ data }: EventOf<typeof ProductChanged>, context: Context): void {
    const item = this.items.get(data.id);
    // An answer or a price can still be on its way when the item is taken out.
    if (item === undefined) return;
    this.items.set(data.id, { ...item, currentPrice: data.price, availability: data.availability });
    context.egress(cartStatusEgress, CartStatusChanged.create({ cartId: context.self.id, cartItemStatuses: [...this.items.values()] }));
  }
}
// #endregion cart-function
