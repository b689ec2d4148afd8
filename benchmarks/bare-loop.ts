import type { GeneratedEvent } from './cart-events.ts';

/* What somebody would write without a framework: parse, look up, change, write. Nothing is checked, and everything is lost when it ends. */

interface Product {
  readonly id: string;
  readonly price: number;
  readonly availability: string;
}

interface CartProduct {
  readonly cartId: string;
  readonly productId: string;
  readonly quantity: number;
  readonly originPrice: number;
}

interface Item {
  readonly productId: string;
  readonly originPrice: number;
  readonly quantity: number;
  readonly currentPrice?: number;
  readonly availability?: string;
}

type ParsedEvent =
  { readonly type: 'example.product'; readonly data: Product } | { readonly type: 'example.cart-product'; readonly data: CartProduct };

export class BareLoop {
  records = 0;
  bytes = 0;
  readonly #products = new Map<string, Product>();
  readonly #subscribers = new Map<string, Set<string>>();
  readonly #carts = new Map<string, Map<string, Item>>();

  handle({ data }: GeneratedEvent): void {
    // The generator writes only these two.
    const event = JSON.parse(data.toString()) as ParsedEvent;
    if (event.type === 'example.product') this.#onProduct(event.data);
    else this.#onCartProduct(event.data);
  }

  /** The items of a cart, by product; undefined for a cart that is empty. */
  items(cartId: string): Record<string, unknown> | undefined {
    const items = this.#carts.get(cartId);
    return items === undefined || items.size === 0 ? undefined : Object.fromEntries(items);
  }

  #onProduct(product: Product): void {
    this.#products.set(product.id, product);
    for (const cartId of this.#subscribers.get(product.id) ?? []) this.#tell(cartId, product);
  }

  #onCartProduct({ cartId, productId, quantity: added, originPrice }: CartProduct): void {
    let items = this.#carts.get(cartId);
    if (items === undefined) this.#carts.set(cartId, (items = new Map<string, Item>()));
    const item = items.get(productId);
    const quantity = Math.max(0, (item?.quantity ?? 0) + added);
    if (quantity > 0) {
      items.set(productId, { ...item, productId, originPrice, quantity });
      if (item === undefined) this.#subscribe(cartId, productId);
    } else if (item !== undefined) {
      items.delete(productId);
      this.#subscribers.get(productId)?.delete(cartId);
    }
  }

  #subscribe(cartId: string, productId: string): void {
    let subscribers = this.#subscribers.get(productId);
    if (subscribers === undefined) this.#subscribers.set(productId, (subscribers = new Set<string>()));
    subscribers.add(cartId);
    const product = this.#products.get(productId);
    if (product !== undefined) this.#tell(cartId, product);
  }

  #tell(cartId: string, { id, price, availability }: Product): void {
    const items = this.#carts.get(cartId);
    const item = items?.get(id);
    if (items === undefined || item === undefined) return;
    items.set(id, { ...item, currentPrice: price, availability });
    this.#emit(cartId, [...items.values()]);
  }

  #emit(cartId: string, cartItemStatuses: readonly Item[]): void {
    const status = {
      specversion: '1.0',
      id: String(this.records).padStart(32, '0'),
      source: 'http://stateful_functions.example.com/cart-function',
      type: 'example.cart-status',
      time: new Date().toISOString(),
      datacontenttype: 'application/json',
      data: { cartId, cartItemStatuses },
    };
    this.records += 1;
    this.bytes += JSON.stringify(status).length;
  }
}
