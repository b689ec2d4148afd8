package statefun.peers;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** What the source, the functions, the sinks and the measurer share. All of them live in this JVM, and each counter has one writer. */
final class Run {
  private Run() {}

  static volatile EventFile events;
  static final List<Phase> phases = new CopyOnWriteArrayList<>();
  static final AtomicInteger phasesDone = new AtomicInteger();
  static final AtomicLong invocations = new AtomicLong();
  static final AtomicLong egressRecords = new AtomicLong();
  static final AtomicLong egressBytes = new AtomicLong();

  /** Whether the sink keeps what it receives, to compute latencies. */
  static volatile boolean keepsStatuses;
}
