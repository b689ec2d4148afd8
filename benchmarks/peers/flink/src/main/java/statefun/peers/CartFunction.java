package statefun.peers;

import org.apache.flink.statefun.sdk.Context;
import org.apache.flink.statefun.sdk.annotations.Persisted;
import org.apache.flink.statefun.sdk.io.EgressIdentifier;
import org.apache.flink.statefun.sdk.state.PersistedValue;

/** Keeps one cart: what is in it, and what its products cost at this moment. */
final class CartFunction extends CountedFunction {
  private static final String SOURCE = "http://stateful_functions.example.com/cart-function";
  private static final String SUBSCRIBER_SOURCE = "http://stateful_functions.example.com/example.cart/";

  @Persisted private final PersistedValue<CartState> state = PersistedValue.of("state", CartState.class);

  @Override
  void handle(Context context, Envelope envelope, CloudEvents.Event event) {
    switch (event.type) {
      case CartModule.CART_PRODUCT:
        onCartProduct(event.cartProduct(), context);
        break;
      case CartModule.PRODUCT_EVENT:
        onProduct(event.product(), context);
        break;
      case CartModule.CART_ASKED:
        CartState cart = state.get();
        send(cart == null ? "{}" : CloudEvents.text(cart.items), context.self().id(), CartModule.CARTS, context);
        break;
      default:
        throw new IllegalArgumentException(event.type);
    }
  }

  private void onCartProduct(CloudEvents.CartProduct data, Context context) {
    CartState cart = state.get();
    if (cart == null) {
      cart = new CartState();
      cart.id = data.cartId;
    }
    CartItem item = cart.items.get(data.productId);
    int quantity = (item == null ? 0 : item.quantity) + data.quantity;
    if (quantity > 0) {
      if (item == null) {
        sendSubscription("SUBSCRIBE", data.productId, context);
        item = new CartItem();
        item.productId = data.productId;
        cart.items.put(data.productId, item);
      }
      item.originPrice = data.originPrice;
      item.quantity = quantity;
    } else if (item != null) {
      sendSubscription("UNSUBSCRIBE", data.productId, context);
      cart.items.remove(data.productId);
    }
    if (cart.items.isEmpty()) state.clear();
    else state.set(cart);
  }

  private void onProduct(ProductState product, Context context) {
    CartState cart = state.get();
    CartItem item = cart == null ? null : cart.items.get(product.id);
    // An answer or a price can still be on its way when the item is taken out.
    if (item == null) return;
    item.currentPrice = product.price;
    item.availability = product.availability;
    state.set(cart);
    CloudEvents.CartStatus status = new CloudEvents.CartStatus(cart.id, cart.items.values());
    send(CloudEvents.text(SOURCE, "example.cart-status", status), cart.id, CartModule.STATUSES, context);
  }

  private static void send(
      String text, String key, EgressIdentifier<Envelope> egress, Context context) {
    context.send(egress, Envelope.newBuilder().setPayload(text).setPartitionKey(key).build());
  }

  private static void sendSubscription(String action, String productId, Context context) {
    CloudEvents.Subscription data = new CloudEvents.Subscription();
    data.action = action;
    data.publisher = CloudEvents.EventAddress.of(CartModule.PRODUCT, productId);
    data.subscriber = CloudEvents.EventAddress.of(context.self().type(), context.self().id());
    String text = CloudEvents.text(SUBSCRIBER_SOURCE + context.self().id(), CartModule.SUBSCRIPTION, data);
    context.send(CartModule.PRODUCT, productId, Envelope.newBuilder().setPayload(text).build());
  }
}
