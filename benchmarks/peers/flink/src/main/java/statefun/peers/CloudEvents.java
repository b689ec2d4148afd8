package statefun.peers;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Collection;
import java.util.UUID;
import org.apache.flink.statefun.sdk.FunctionType;

/** CloudEvents as JSON text, read and written by Jackson. */
final class CloudEvents {
  private CloudEvents() {}

  static final ObjectMapper MAPPER =
      new ObjectMapper()
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .setSerializationInclusion(JsonInclude.Include.NON_NULL);
  private static final ObjectReader EVENTS = MAPPER.readerFor(Event.class);
  private static final ObjectReader PRODUCTS = MAPPER.readerFor(ProductState.class);
  private static final ObjectReader CART_PRODUCTS = MAPPER.readerFor(CartProduct.class);
  private static final ObjectReader SUBSCRIPTIONS = MAPPER.readerFor(Subscription.class);
  private static final ObjectWriter WRITER = MAPPER.writer();

  /** A CloudEvent that was received. Its data is read when its type is known. */
  static final class Event {
    public String specversion;
    public String id;
    public String source;
    public String type;
    public String time;
    public String datacontenttype;
    public JsonNode data;

    ProductState product() {
      return data(PRODUCTS);
    }

    CartProduct cartProduct() {
      return data(CART_PRODUCTS);
    }

    Subscription subscription() {
      return data(SUBSCRIPTIONS);
    }

    private <T> T data(ObjectReader reader) {
      try {
        return reader.readValue(data);
      } catch (IOException failure) {
        throw new IllegalArgumentException(failure);
      }
    }
  }

  /** A CloudEvent that is sent. */
  static final class NewEvent {
    public final String specversion = "1.0";
    public final String id = UUID.randomUUID().toString();
    public final String source;
    public final String type;
    public final String time = Instant.now().toString();
    public final String datacontenttype = "application/json";
    public final Object data;

    NewEvent(String source, String type, Object data) {
      this.source = source;
      this.type = type;
      this.data = data;
    }
  }

  static final class CartProduct {
    public String cartId;
    public String productId;
    public int quantity;
    public BigDecimal originPrice;
  }

  static final class EventAddress {
    public String namespace;
    public String type;
    public String id;

    static EventAddress of(FunctionType type, String id) {
      EventAddress result = new EventAddress();
      result.namespace = type.namespace();
      result.type = type.name();
      result.id = id;
      return result;
    }
  }

  static final class Subscription {
    public String action;
    public EventAddress publisher;
    public EventAddress subscriber;
  }

  static final class CartStatus {
    public final String cartId;
    public final Collection<CartItem> cartItemStatuses;

    CartStatus(String cartId, Collection<CartItem> cartItemStatuses) {
      this.cartId = cartId;
      this.cartItemStatuses = cartItemStatuses;
    }
  }

  static Event parse(String text) {
    try {
      return EVENTS.readValue(text);
    } catch (JsonProcessingException failure) {
      throw new IllegalArgumentException(failure);
    }
  }

  static String text(String source, String type, Object data) {
    return text(new NewEvent(source, type, data));
  }

  static String text(Object value) {
    try {
      return WRITER.writeValueAsString(value);
    } catch (JsonProcessingException failure) {
      throw new IllegalArgumentException(failure);
    }
  }
}
