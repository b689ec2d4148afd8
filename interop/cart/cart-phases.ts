import { SeededRandom } from 'statefun/testing';

export interface CartEvent {
  /** Partition key: what must stay in order has the same. */
  readonly key: string;
  /** CloudEvents JSON. */
  readonly json: string;
}

/** So many products stand in one column; every cart holds at most one of each column. */
const productsPerColumn = 20;
const columns = 4;

/**
 * Events of products and carts in phases, each to be handled completely before the next: then what leaves is the same whatever runs at the
 * same time. In no phase is a cart reached by two products, and what a cart does silently is followed by something that it tells.
 *
 *   products     every product is known                        nothing leaves
 *   add 0        every cart gets its product of column 0        a status of every cart
 *   add 1, 2     one more of what it got last, and a new one    a status of every cart
 *   price 0..2   the products of one column change              a status of every cart
 *   exchange     that of column 0 out, that of column 3 in      a status of every cart
 *   price 0      nobody has them any more                       nothing leaves
 *   price 3                                                     a status of every cart
 */
export class CartPhases {
  private readonly random: SeededRandom;
  private number = 0;

  constructor(
    seed: number,
    private readonly carts: number,
  ) {
    this.random = new SeededRandom(seed);
  }

  *phases(): Generator<readonly CartEvent[]> {
    yield Array.from({ length: columns }, (_, column) => this.changeColumn(column)).flat();
    yield this.forEachCart((cart) => [this.put(cart, 0, 1)]);
    yield this.forEachCart((cart) => [this.put(cart, 0, 1), this.put(cart, 1, 1)]);
    yield this.forEachCart((cart) => [this.put(cart, 1, 2), this.put(cart, 2, 3)]);
    for (const column of [0, 1, 2]) yield this.changeColumn(column);
    yield this.forEachCart((cart) => [this.put(cart, 0, -2), this.put(cart, 3, 1)]);
    yield this.changeColumn(0);
    yield this.changeColumn(3);
  }

  private forEachCart(eventsOf: (cart: number) => readonly CartEvent[]): readonly CartEvent[] {
    return Array.from({ length: this.carts }, (_, cart) => eventsOf(cart)).flat();
  }

  private changeColumn(column: number): readonly CartEvent[] {
    return Array.from({ length: productsPerColumn }, (_, row) => {
      const id = productId(column, row);
      const price = 1 + this.random.below(100_000) / 100;
      const availability = this.random.below(10) > 0 ? 'IN_STOCK' : 'OUT_OF_STOCK';
      return this.event('example.product', id, { id, title: `Product ${id}`, description: 'Grün, 3 €', price, availability });
    });
  }

  private put(cart: number, column: number, quantity: number): CartEvent {
    const cartId = `cart-${cart}`;
    const originPrice = 1 + this.random.below(100_000) / 100;
    return this.event('example.cart-product', cartId, { cartId, productId: productId(column, cart * (column + 1)), quantity, originPrice });
  }

  private event(type: string, key: string, data: object): CartEvent {
    this.number += 1;
    const time = new Date(1_700_000_000_000 + this.number).toISOString();
    const attributes = { specversion: '1.0', id: `event-${this.number}`, source: 'http://example.com/interop', type, time };
    return { key, json: JSON.stringify({ ...attributes, datacontenttype: 'application/json', data }) };
  }
}

function productId(column: number, row: number): string {
  return `product-${column}-${row % productsPerColumn}`;
}
