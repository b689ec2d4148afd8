package statefun.peers;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Latencies from when an event was due to when the status that shows its price reached the sink, and to when a checkpoint made that status visible
 * exactly once. The price of a product event is its number.
 */
final class Latencies {
  private Latencies() {}

  static Map<String, Object> of(Iterable<StatusSink.Kept> statuses, Phase paced) {
    Map<String, Map<String, Integer>> shown = new HashMap<>();
    List<Long> arrived = new ArrayList<>();
    List<Long> visible = new ArrayList<>();
    for (StatusSink.Kept status : statuses) {
      Map<String, Integer> prices = prices(status.payload);
      Map<String, Integer> before = shown.put(status.cart, prices);
      for (Map.Entry<String, Integer> price : prices.entrySet()) {
        // An item that the cart did not show before may be the answer to a subscription.
        if (before == null || !before.containsKey(price.getKey()) || before.get(price.getKey()).equals(price.getValue())) continue;
        int number = price.getValue();
        if (number < paced.from || number >= paced.to) continue;
        arrived.add(status.atNanos - paced.dueNanos(number));
        if (status.visibleNanos != 0) visible.add(status.visibleNanos - paced.dueNanos(number));
      }
    }
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("latency", percentiles(arrived));
    result.put("visible", percentiles(visible));
    return result;
  }

  private static Map<String, Integer> prices(String payload) {
    Map<String, Integer> prices = new HashMap<>();
    for (JsonNode item : CloudEvents.parse(payload).data.get("cartItemStatuses")) {
      prices.put(item.get("productId").asText(), item.has("currentPrice") ? item.get("currentPrice").asInt() : -1);
    }
    return prices;
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
