package statefun.peers;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Latencies from when a price change was due to when the status that shows it reached the sink, and to when a checkpoint made that status visible
 * exactly once, for the carts that held the product when the event was due. The price of a product event is its number.
 */
final class Latencies {
  private Latencies() {}

  static Map<String, Object> of(Iterable<StatusSink.Kept> statuses, Phase paced) {
    Map<Integer, Set<String>> waiting = cartsByPrice(paced);
    List<Long> arrived = new ArrayList<>();
    List<Long> visible = new ArrayList<>();
    for (StatusSink.Kept status : statuses) {
      for (JsonNode item : CloudEvents.parse(status.payload).data.get("cartItemStatuses")) {
        int price = item.has("currentPrice") ? item.get("currentPrice").asInt() : -1;
        Set<String> carts = waiting.get(price);
        // A cart shows a price again with every later status.
        if (carts == null || !carts.remove(status.cart)) continue;
        arrived.add(status.atNanos - paced.dueNanos(price));
        if (status.visibleNanos != 0) visible.add(status.visibleNanos - paced.dueNanos(price));
      }
    }
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("latency", percentiles(arrived));
    result.put("visible", percentiles(visible));
    return result;
  }

  /** The carts that hold the product of a price change, by price. A cart also shows a price when an item is put into it, and that may be old. */
  private static Map<Integer, Set<String>> cartsByPrice(Phase paced) {
    Map<String, Map<String, Integer>> piecesByProduct = new HashMap<>();
    Map<Integer, Set<String>> result = new HashMap<>();
    for (int index = 0; index < paced.to; index += 1) {
      CloudEvents.Event event = CloudEvents.parse(Run.events.event(index));
      if (event.type.equals(CartModule.PRODUCT_EVENT)) {
        if (index < paced.from) continue;
        Map<String, Integer> pieces = piecesByProduct.getOrDefault(event.product().id, Map.of());
        result.put(index, new HashSet<>(pieces.keySet()));
      } else {
        CloudEvents.CartProduct data = event.cartProduct();
        Map<String, Integer> pieces = piecesByProduct.computeIfAbsent(data.productId, id -> new HashMap<>());
        int quantity = pieces.getOrDefault(data.cartId, 0) + data.quantity;
        if (quantity > 0) pieces.put(data.cartId, quantity);
        else pieces.remove(data.cartId);
      }
    }
    return result;
  }

  private static Map<String, Object> percentiles(List<Long> nanos) {
    long[] sorted = nanos.stream().mapToLong(Long::longValue).toArray();
    Arrays.sort(sorted);
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("samples", sorted.length);
    if (sorted.length == 0) return result;
    result.put("p50Ms", sorted[sorted.length / 2] / 1e6);
    result.put("p99Ms", sorted[(int) (sorted.length * 0.99)] / 1e6);
    result.put("maxMs", sorted[sorted.length - 1] / 1e6);
    return result;
  }
}
