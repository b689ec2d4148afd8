import { StatefunFunction } from 'statefun';
import { handles } from '../decorate.js';
import { ProductChanged } from '../events/product-changed.js';

export class ProductFunction {
  onProduct() {}
}
handles(ProductFunction, 'onProduct', ProductChanged);
StatefunFunction('example/product')(ProductFunction);
