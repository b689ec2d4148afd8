import { Forwarder } from 'statefun';

// Mistake: neither an event type nor accept says what it takes.
export class CartEvents {
  forward(event, downstream) {
    downstream.send('example/archive', event.data.cartId, event);
  }
}
Forwarder()(CartEvents);
