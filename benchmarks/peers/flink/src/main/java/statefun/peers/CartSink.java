package statefun.peers;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.flink.streaming.api.functions.sink.RichSinkFunction;

/** Keeps what every cart holds at the end. */
final class CartSink extends RichSinkFunction<Envelope> {
  private static final long serialVersionUID = 1L;
  static final Map<String, String> carts = new ConcurrentHashMap<>();

  @Override
  public void invoke(Envelope value, Context context) {
    carts.put(value.getPartitionKey(), value.getPayload());
  }
}
