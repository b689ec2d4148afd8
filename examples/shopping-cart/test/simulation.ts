import type { NewEvent } from 'statefun';
import type { SimulationInvariant, SimulationOptions, SeededRandom, SimulationView } from 'statefun/testing';
import { CartFunction } from '../src/functions/cart-function.ts';
import { ProductFunction } from '../src/functions/product-function.ts';
import { cartProductChanged, productChanged } from './events.ts';

const products = ['lamp', 'chair', 'table'];
const carts = ['cart-1', 'cart-2'];

// #region events
/** Products change their prices, and carts what they hold; the events of one cart keep their order. */
function events(random: SeededRandom): readonly NewEvent[] {
  return Array.from({ length: 12 }, () => {
    const id = random.oneOf(products);
    if (random.chance(0.5)) return productChanged({ id, title: id, price: 1 + random.below(100) });
    const cartId = random.oneOf(carts);
    return { ...cartProductChanged({ cartId, productId: id, quantity: random.oneOf([1, 2, -1]) }), partitionkey: cartId };
  });
}
// #endregion events

// #region invariants
const invariants: readonly SimulationInvariant[] = [
  { name: 'no item is kept without a quantity', holds: (view) => everyItem(view, ({ quantity }) => quantity > 0) },
  {
    name: 'a cart ends with the newest prices',
    when: 'end',
    holds: (view) => everyItem(view, ({ currentPrice }, product) => currentPrice === priceOf(view, product)),
  },
];
// #endregion invariants

interface Item {
  readonly quantity: number;
  readonly currentPrice?: number;
}

function everyItem(view: SimulationView, holds: (item: Item, product: string) => boolean): boolean {
  return view.ids(CartFunction).every((id) => {
    const { items = {} } = view.state(CartFunction, id) as { readonly items?: Readonly<Record<string, Item>> };
    return Object.entries(items).every(([product, item]) => holds(item, product));
  });
}

function priceOf(view: SimulationView, product: string): number | undefined {
  const { details } = view.state(ProductFunction, product) as { readonly details?: { readonly price: number } };
  return details?.price;
}

/** What the shopping cart promises, and the events it is put to the test with. */
export const cartSimulation = { events, invariants } satisfies SimulationOptions;
