import {
  defineModule,
  Forwarder,
  Handles,
  Persisted,
  PersistedTable,
  StatefunFunction,
  type ClassOf,
  type CloudEvent,
  type Context,
  type Downstream,
  type EventForwarder,
  type EventOf,
  type EventType,
  type ModuleDefinition,
} from 'statefun';

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

interface Item extends Omit<CartProduct, 'cartId'> {
  readonly currentPrice?: number;
  readonly availability?: string;
}

/** The parts of the example that stay as they are. */
export interface CartExample {
  readonly ProductFunction: ClassOf;
  readonly ProductEvents: ClassOf;
  readonly ProductChanged: EventType<Product>;
  readonly CartProductChanged: EventType<CartProduct>;
  readonly CartStatusChanged: EventType<{ readonly cartId: string; readonly cartItemStatuses: readonly Item[] }>;
}

/**
 * The shopping cart of the example with one difference: what leaves is made of new objects, so no text of an object of the state can be used for
 * it. The results are the same.
 */
export function anewCartModule(example: CartExample, egressId: string): ModuleDefinition {
  const { ProductFunction, ProductEvents, ProductChanged, CartProductChanged, CartStatusChanged } = example;

  @StatefunFunction('example/cart')
  class AnewCartFunction {
    @Persisted() private readonly items = PersistedTable.of<Item>();

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
      if (item === undefined) return;
      this.items.set(data.id, { ...item, currentPrice: data.price, availability: data.availability });
      const cartItemStatuses = [...this.items.values()].map((each) => ({ ...each }));
      context.egress(egressId, CartStatusChanged.create({ cartId: context.self.id, cartItemStatuses }));
    }
  }

  @Forwarder(CartProductChanged)
  class CartEvents implements EventForwarder<CartProduct> {
    forward(event: CloudEvent<CartProduct>, downstream: Downstream): void {
      downstream.send(AnewCartFunction, event.data.cartId, event);
    }
  }

  return defineModule({ name: 'cart', functions: [ProductFunction, AnewCartFunction], forwarders: [CartEvents, ProductEvents] });
}
