import { StatefunFunction } from 'statefun';
import { handles } from '../decorate.js';

// Mistake: nothing provides this; "price-rounding" is meant.
export class DiscountFunction {
  static inject = ['price-roundin'];
  constructor(rounding) {
    this.rounding = rounding;
  }
  onEvent() {}
}
handles(DiscountFunction, 'onEvent', 'example.discount');
StatefunFunction('example/discount')(DiscountFunction);
