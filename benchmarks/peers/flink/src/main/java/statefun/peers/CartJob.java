package statefun.peers;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.statefun.flink.harness.Harness;

/**
 * Runs the shopping cart on the real StateFun runtime, Flink's local cluster in this JVM, with exactly-once checkpoints, and measures it.
 *
 * <p>Arguments, each as name=value: folder (checkpoints and RocksDB), events and carts (files), backend (hashmap or rocksdb), fill, warm and
 * count (events of each phase), latency (seconds, 0 for none). Prints one line of JSON and ends.
 */
public final class CartJob {
  private CartJob() {}

  public static void main(String[] arguments) throws Exception {
    Map<String, String> options = new HashMap<>();
    for (String argument : arguments) {
      int at = argument.indexOf('=');
      options.put(argument.substring(0, at), argument.substring(at + 1));
    }
    Path folder = Path.of(options.get("folder")).toAbsolutePath();
    Run.events = EventFile.read(Path.of(options.get("events")));
    startMeasuring(new Measurer(options));

    boolean isRocks = options.get("backend").equals("rocksdb");
    Harness harness =
        new Harness()
            .withFlinkJobName("cart")
            .withParallelism(1)
            .withConfiguration("execution.checkpointing.mode", "EXACTLY_ONCE")
            .withConfiguration("execution.checkpointing.interval", "10s")
            .withConfiguration("state.backend", isRocks ? "rocksdb" : "hashmap")
            .withConfiguration("state.backend.incremental", Boolean.toString(isRocks))
            .withConfiguration("state.checkpoints.dir", folder.resolve("checkpoints").toUri().toString())
            .withConfiguration("taskmanager.memory.managed.size", "512mb")
            .withConfiguration("taskmanager.memory.network.max", "64mb");
    if (isRocks) harness.withConfiguration("state.backend.rocksdb.localdir", folder.resolve("rocksdb").toString());
    harness.start();
  }

  private static void startMeasuring(Measurer measurer) {
    Thread thread =
        new Thread(
            () -> {
              try {
                System.out.println(CloudEvents.text(measurer.measure()));
                System.out.flush();
                Runtime.getRuntime().halt(0);
              } catch (Throwable failure) {
                failure.printStackTrace();
                Runtime.getRuntime().halt(1);
              }
            },
            "measurer");
    thread.setDaemon(true);
    thread.start();
  }
}
