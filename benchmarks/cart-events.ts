import { randomFrom, uuidFrom, zipfFrom } from './random.ts';

export const cartCount = 10_000;
export const productCount = 10_000;
export const itemsPerCart = 5;
export const zipfExponent = 0.99;
/** Share of product events; the others put something into a cart or take it out. */
export const productEventShare = 0.55;
/** Share of the cart events that take an item out; the others add one piece. */
export const takeOutShare = 0.1;

const seed = 20_240_607;
/** Spreads the products of a cart; every product is in as many carts as a cart has items. */
const productStride = 1_999;
const removeAll = -1_000_000;

export interface GeneratedEvent {
  readonly data: Buffer;
  /** Partition key. */
  readonly key: string;
}

/**
 * The events of the shopping cart, the same at every run.
 *
 * The price of a product event is its number, so that a cart status says which event led to it. A cart only ever holds the same five products:
 * carts that grow with every event would measure the length of the run.
 */
export class CartEvents {
  readonly cartIds: readonly string[];
  readonly #productIds: readonly string[];
  readonly #random = randomFrom(seed);
  readonly #cartIndex: () => number;
  readonly #productIndex: () => number;
  #number = 0;

  /** `carts` and `products` are a multiple of 10, so that the products of a cart differ. */
  constructor({ carts = cartCount, products = productCount } = {}) {
    this.#cartIndex = zipfFrom(this.#random, carts, zipfExponent);
    this.#productIndex = zipfFrom(this.#random, products, zipfExponent);
    this.cartIds = Array.from({ length: carts }, () => uuidFrom(this.#random));
    this.#productIds = Array.from({ length: products }, () => uuidFrom(this.#random));
  }

  /** The number of the next event. */
  get nextNumber(): number {
    return this.#number;
  }

  /** Every product, then every item of every cart: afterwards nothing grows any more. */
  preload(): readonly GeneratedEvent[] {
    const events = this.#productIds.map((_, index) => this.#productEvent(index));
    for (let item = 0; item < itemsPerCart; item += 1) {
      for (let cart = 0; cart < this.cartIds.length; cart += 1) events.push(this.#cartEvent(cart, item, 1));
    }
    return events;
  }

  take(count: number): readonly GeneratedEvent[] {
    return Array.from({ length: count }, () => this.#next());
  }

  #next(): GeneratedEvent {
    if (this.#random() < productEventShare) return this.#productEvent(this.#productIndex());
    const item = Math.floor(this.#random() * itemsPerCart);
    return this.#cartEvent(this.#cartIndex(), item, this.#random() < takeOutShare ? removeAll : 1);
  }

  #productEvent(index: number): GeneratedEvent {
    const id = this.#productIds[index] ?? '';
    const availability = this.#random() < 0.9 ? 'IN_STOCK' : 'OUT_OF_STOCK';
    const title = `Product number ${index}`;
    const description = `${title}, as good as the day it was made: light, quiet, easy to clean, and it comes in seven colours with a box of its own. Two years of warranty, spare parts for ten.`;
    const price = this.#number;
    return this.#event('example.product', 'product-service', id, { id, title, description, price, availability });
  }

  #cartEvent(cart: number, item: number, quantity: number): GeneratedEvent {
    const cartId = this.cartIds[cart] ?? '';
    const productId = this.#productIds[(cart + 17 + item * productStride) % this.#productIds.length] ?? '';
    return this.#event('example.cart-product', 'cart-service', cartId, { cartId, productId, quantity, originPrice: 19.99 + item });
  }

  #event(type: string, service: string, key: string, data: object): GeneratedEvent {
    const id = uuidFrom(this.#random);
    const time = new Date(1_717_750_000_000 + this.#number).toISOString();
    this.#number += 1;
    const event = {
      specversion: '1.0',
      id,
      source: `http://example.com/${service}`,
      type,
      time,
      datacontenttype: 'application/json',
      data,
    };
    return { data: Buffer.from(JSON.stringify(event)), key };
  }
}
