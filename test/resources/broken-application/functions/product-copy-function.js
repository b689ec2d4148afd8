import { StatefunFunction } from 'statefun';
import { handles } from '../decorate.js';

// Mistake: ProductFunction has this type.
export class ProductCopyFunction {
  onEvent() {}
}
handles(ProductCopyFunction, 'onEvent', 'example.copy');
StatefunFunction('example/product')(ProductCopyFunction);
