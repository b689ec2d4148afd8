package statefun.peers;

import org.apache.flink.statefun.sdk.Context;
import org.apache.flink.statefun.sdk.FunctionType;
import org.apache.flink.statefun.sdk.annotations.Persisted;
import org.apache.flink.statefun.sdk.state.PersistedTable;
import org.apache.flink.statefun.sdk.state.PersistedValue;

/** Keeps what is known about one product and tells every cart that holds it. */
final class ProductFunction extends CountedFunction {
  private static final String SOURCE = "http://stateful_functions.example.com/product-function";

  @Persisted private final PersistedValue<ProductState> state = PersistedValue.of("state", ProductState.class);

  @Persisted
  private final PersistedTable<String, Subscriber> subscribers = PersistedTable.of("subscribers", String.class, Subscriber.class);

  @Override
  void handle(Context context, Envelope envelope, CloudEvents.Event event) {
    switch (event.type) {
      case CartModule.PRODUCT_EVENT:
        onProduct(event.product(), envelope, context);
        break;
      case CartModule.SUBSCRIPTION:
        onSubscription(event.subscription(), context);
        break;
      default:
        throw new IllegalArgumentException(event.type);
    }
  }

  private void onProduct(ProductState product, Envelope envelope, Context context) {
    state.set(product);
    for (Subscriber subscriber : subscribers.values()) {
      context.send(new FunctionType(subscriber.namespace, subscriber.type), subscriber.id, envelope);
    }
  }

  /** A new subscriber receives what is known at once. */
  private void onSubscription(CloudEvents.Subscription subscription, Context context) {
    CloudEvents.EventAddress address = subscription.subscriber;
    String key = address.namespace + ":" + address.type + ":" + address.id;
    if (subscription.action.equals("UNSUBSCRIBE")) {
      subscribers.remove(key);
      return;
    }
    Subscriber subscriber = new Subscriber();
    subscriber.namespace = address.namespace;
    subscriber.type = address.type;
    subscriber.id = address.id;
    subscribers.set(key, subscriber);
    ProductState product = state.get();
    if (product == null) return;
    String text = CloudEvents.text(SOURCE, CartModule.PRODUCT_EVENT, product);
    context.send(new FunctionType(address.namespace, address.type), address.id, Envelope.newBuilder().setPayload(text).build());
  }
}
