import type { NewEvent } from 'statefun';
import { CartProductChanged, type CartProduct } from '../src/events/cart-product-changed.ts';
import { ProductChanged, type Product } from '../src/events/product-changed.ts';

/** A product event: a lamp in stock for 20, unless the test says otherwise. */
export function productChanged(data: Partial<Product> = {}): NewEvent<Product> {
  return ProductChanged.create({ id: 'lamp', title: 'Lamp', description: 'Gives light', price: 20, availability: 'IN_STOCK', ...data });
}

/** A cart event: one lamp, seen for 20, into cart-1, unless the test says otherwise. */
export function cartProductChanged(data: Partial<CartProduct> = {}): NewEvent<CartProduct> {
  return CartProductChanged.create({ cartId: 'cart-1', productId: 'lamp', quantity: 1, originPrice: 20, ...data });
}
