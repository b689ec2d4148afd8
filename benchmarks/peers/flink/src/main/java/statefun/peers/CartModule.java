package statefun.peers;

import java.util.Map;
import org.apache.flink.statefun.flink.io.datastream.SinkFunctionSpec;
import org.apache.flink.statefun.flink.io.datastream.SourceFunctionSpec;
import org.apache.flink.statefun.sdk.FunctionType;
import org.apache.flink.statefun.sdk.io.EgressIdentifier;
import org.apache.flink.statefun.sdk.io.IngressIdentifier;
import org.apache.flink.statefun.sdk.io.Router;
import org.apache.flink.statefun.sdk.spi.StatefulFunctionModule;

/** The functions of the shopping cart, how events reach them, and where statuses leave. Found by its name in META-INF/services. */
public final class CartModule implements StatefulFunctionModule {
  static final FunctionType PRODUCT = new FunctionType("example", "product");
  static final FunctionType CART = new FunctionType("example", "cart");
  static final IngressIdentifier<Envelope> INGRESS = new IngressIdentifier<>(Envelope.class, "example", "events");
  static final EgressIdentifier<Envelope> STATUSES = new EgressIdentifier<>("example", "cart-status", Envelope.class);
  static final EgressIdentifier<Envelope> CARTS = new EgressIdentifier<>("example", "carts", Envelope.class);

  static final String PRODUCT_EVENT = "example.product";
  static final String CART_PRODUCT = "example.cart-product";
  static final String SUBSCRIPTION = "example.function-subscription";

  /** Asks a cart for what it holds, at the end of a run. */
  static final String CART_ASKED = "benchmark.cart-asked";

  @Override
  public void configure(Map<String, String> configuration, Binder binder) {
    binder.bindIngress(new SourceFunctionSpec<>(INGRESS, new EventSource()));
    binder.bindIngressRouter(INGRESS, new EventRouter());
    binder.bindFunctionProvider(PRODUCT, type -> new ProductFunction());
    binder.bindFunctionProvider(CART, type -> new CartFunction());
    binder.bindEgress(new SinkFunctionSpec<>(STATUSES, new StatusSink()));
    binder.bindEgress(new SinkFunctionSpec<>(CARTS, new CartSink()));
  }

  /** Sends every event on to the function it is for, unchanged. */
  static final class EventRouter implements Router<Envelope> {
    @Override
    public void route(Envelope envelope, Downstream<Envelope> downstream) {
      CloudEvents.Event event = CloudEvents.parse(envelope.getPayload());
      switch (event.type) {
        case PRODUCT_EVENT:
          downstream.forward(PRODUCT, event.data.get("id").asText(), envelope);
          break;
        case CART_PRODUCT:
          downstream.forward(CART, event.data.get("cartId").asText(), envelope);
          break;
        case CART_ASKED:
          downstream.forward(CART, event.data.asText(), envelope);
          break;
        default:
          throw new IllegalArgumentException(event.type);
      }
    }
  }
}
