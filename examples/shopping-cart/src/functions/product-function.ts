import { Handles, OnSubscribe, Persisted, PersistedValue, StatefunFunction, type Context, type EventOf, type NewEvent } from 'statefun';
import { ProductChanged, type Product } from '../events/product-changed.ts';

/** Keeps what is known about one product and tells every cart that holds it. */
@StatefunFunction('example/product')
export class ProductFunction {
  @Persisted() private readonly details = PersistedValue.of<Product>();

  @Handles(ProductChanged)
  onProduct(event: EventOf<typeof ProductChanged>, context: Context): void {
    this.details.set(event.data);
    context.publish(event);
  }

  /** The event that a new subscriber receives at once. While nothing is known, it waits for the next event. */
  @OnSubscribe()
  current(): NewEvent<Product> | undefined {
    const product = this.details.get();
    return product && ProductChanged.create(product);
  }
}
