import type { GeneratedEvent } from './cart-events.ts';

/** A product event, and the carts that show its price because of it: those that hold the product when it is handled. */
export interface PriceChange {
  readonly price: number;
  readonly cartIds: readonly string[];
}

interface CartEvent {
  readonly type: string;
  readonly data: {
    readonly id: string;
    readonly price: number;
    readonly cartId: string;
    readonly productId: string;
    readonly quantity: number;
  };
}

/** What is in the carts after the events so far. */
export class CartContents {
  /** Pieces, by product and cart. */
  readonly #pieces = new Map<string, Map<string, number>>();

  addAll(events: Iterable<GeneratedEvent>): void {
    for (const event of events) this.add(event);
  }

  /** Follows an event. Returns the price change that it is. */
  add(event: GeneratedEvent): PriceChange | undefined {
    // The benchmark has generated it.
    const { type, data } = JSON.parse(event.data.toString('latin1')) as CartEvent;
    if (type === 'example.product') return { price: data.price, cartIds: [...(this.#pieces.get(data.id)?.keys() ?? [])] };
    let carts = this.#pieces.get(data.productId);
    if (carts === undefined) this.#pieces.set(data.productId, (carts = new Map<string, number>()));
    const pieces = (carts.get(data.cartId) ?? 0) + data.quantity;
    if (pieces > 0) carts.set(data.cartId, pieces);
    else carts.delete(data.cartId);
    return undefined;
  }
}
