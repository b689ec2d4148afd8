import { defineApplication } from 'statefun';
import { kinesisEgress, kinesisIngress } from 'statefun/kinesis';
import { cartModule } from './cart-module.ts';
import { cartStatusEgress } from './functions/cart-function.ts';
import { egressStream, ingressStream } from './streams.ts';

// #region application
/** The shopping cart and where its events come from and go to. A value: importing it starts nothing. */
export default defineApplication({
  name: 'shopping-cart',
  modules: [cartModule],
  ingress: [kinesisIngress({ stream: ingressStream })],
  egress: [kinesisEgress(cartStatusEgress, { stream: egressStream })],
  // What subscriptions look like in the Java example, so that its functions and these understand each other.
  subscriptions: { eventType: 'example.function-subscription', sourcePrefix: 'http://stateful_functions.example.com/' },
});
// #endregion application
