import { eventType, Forwarder } from 'statefun';

// Mistake: a second schema for the event type of ProductChanged.
const ProductChanged = eventType('example.product', {
  '~standard': { version: 1, vendor: 'example', validate: (value) => ({ value }) },
});

export class ProductEvents {
  forward(event, downstream) {
    downstream.send('example/product', event.data.id, event);
  }
}
Forwarder(ProductChanged)(ProductEvents);
