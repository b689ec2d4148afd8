import { Persisted, PersistedValue, StatefunFunction } from 'statefun';
import { handles } from '../decorate.js';

// Mistake: two cells of one name.
export class StockFunction {
  amount = PersistedValue.of();
  reserved = PersistedValue.of({ name: 'amount' });
  onEvent() {}
}
Persisted()(StockFunction.prototype, 'amount');
Persisted()(StockFunction.prototype, 'reserved');
handles(StockFunction, 'onEvent', 'example.stock');
StatefunFunction('example/stock')(StockFunction);
