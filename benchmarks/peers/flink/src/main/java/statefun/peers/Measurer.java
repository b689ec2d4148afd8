package statefun.peers;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Feeds the phases of a run, waits until each has had all its consequences, and measures. */
final class Measurer {
  /** A phase is over when nothing has changed for so long; that time is not measured. */
  private static final long QUIET_NANOS = 1_500_000_000L;

  private static final long LATENCY_HEAD_START_NANOS = 50_000_000L;
  private static final long CHECKPOINTS_DEADLINE_NANOS = 30_000_000_000L;
  private static final long CARTS_DEADLINE_NANOS = 60_000_000_000L;

  private static final OperatingSystemMXBean SYSTEM = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

  /** The counters at one moment. */
  private static final class Sample {
    final long nanos = System.nanoTime();
    final long cpuNanos = SYSTEM.getProcessCpuTime();
    final long invocations = Run.invocations.get();
    final long egressRecords = Run.egressRecords.get();
    final long egressBytes = Run.egressBytes.get();

    boolean hasSameCounts(Sample other) {
      return invocations == other.invocations && egressRecords == other.egressRecords;
    }
  }

  private final int fill;
  private final int warm;
  private final int count;
  private final int latencySeconds;

  Measurer(Map<String, String> options) {
    fill = Integer.parseInt(options.get("fill"));
    warm = Integer.parseInt(options.get("warm"));
    count = Integer.parseInt(options.get("count"));
    latencySeconds = Integer.parseInt(options.get("latency"));
  }

  Map<String, Object> measure() throws InterruptedException, IOException {
    run(Phase.atOnce(0, fill));
    if (warm > 0) run(Phase.atOnce(fill, fill + warm));
    Sample before = new Sample();
    Sample after = run(Phase.atOnce(fill + warm, fill + warm + count));
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("events", count);
    result.put("durationMs", (after.nanos - before.nanos) / 1e6);
    result.put("cpuMs", (after.cpuNanos - before.cpuNanos) / 1e6);
    result.put("invocations", after.invocations - before.invocations);
    result.put("egressRecords", after.egressRecords - before.egressRecords);
    result.put("egressBytes", after.egressBytes - before.egressBytes);
    result.put("rssBytesMax", rssBytesMax());
    result.put("carts", carts());
    if (latencySeconds > 0) {
      double eventsPerSecond = count / ((after.nanos - before.nanos) / 1e9) / 2;
      result.putAll(latency(eventsPerSecond));
    }
    return result;
  }

  /** Returns the counters when the last of them changed. */
  private static Sample run(Phase phase) throws InterruptedException {
    Sample last = new Sample();
    boolean hasStarted = false;
    Run.phases.add(phase);
    int wanted = Run.phases.size();
    while (true) {
      Thread.sleep(5);
      Sample now = new Sample();
      if (!now.hasSameCounts(last)) {
        last = now;
        hasStarted = true;
      } else if (hasStarted && now.nanos - last.nanos > QUIET_NANOS && Run.phasesDone.get() == wanted) {
        return last;
      }
    }
  }

  /** What every cart holds, as JSON text by id. */
  private Map<String, String> carts() throws InterruptedException {
    int wanted = Run.events.cartIds(fill).size();
    Run.phases.add(Phase.askCarts(0, fill));
    long deadline = System.nanoTime() + CARTS_DEADLINE_NANOS;
    while (CartSink.carts.size() < wanted && System.nanoTime() < deadline) Thread.sleep(20);
    return CartSink.carts;
  }

  private Map<String, Object> latency(double eventsPerSecond) throws InterruptedException {
    int from = fill + warm + count;
    int to = Math.min(from + (int) (eventsPerSecond * latencySeconds), Run.events.count());
    Phase paced = Phase.paced(from, to, eventsPerSecond, System.nanoTime() + LATENCY_HEAD_START_NANOS);
    Run.keepsStatuses = true;
    run(paced);
    int known = StatusSink.checkpointsCompleteNanos.size();
    long deadline = System.nanoTime() + CHECKPOINTS_DEADLINE_NANOS;
    // The second one began after the last record.
    while (StatusSink.checkpointsCompleteNanos.size() < known + 2 && System.nanoTime() < deadline) Thread.sleep(5);
    return Latencies.of(StatusSink.kept, paced);
  }

  private static long rssBytesMax() throws IOException {
    Path path = Path.of("/proc/self/status");
    if (!Files.exists(path)) return 0;
    for (String line : Files.readAllLines(path)) {
      if (line.startsWith("VmHWM:")) return Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024;
    }
    return 0;
  }
}
