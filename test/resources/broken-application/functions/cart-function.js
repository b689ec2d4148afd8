import { StatefunFunction } from 'statefun';
import { handles } from '../decorate.js';

// Mistake: a function type has a namespace.
export class CartFunction {
  onEvent() {}
}
handles(CartFunction, 'onEvent', 'example.cart');
StatefunFunction('cart')(CartFunction);
