import { StatefunFunction } from 'statefun';
import { handles } from '../decorate.js';
import { ProductChanged } from '../events/product-changed.js';

// Mistake: two methods for one event type.
export class PriceFunction {
  onProduct() {}
  onPrice() {}
}
handles(PriceFunction, 'onProduct', ProductChanged);
handles(PriceFunction, 'onPrice', ProductChanged);
StatefunFunction('example/price')(PriceFunction);
