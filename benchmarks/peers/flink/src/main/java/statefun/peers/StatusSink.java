package statefun.peers;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.flink.api.common.state.CheckpointListener;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.sink.RichSinkFunction;

/**
 * Counts what leaves. On request it keeps the records of every sixteenth cart, with the time at which each came and the time at which the
 * checkpoint that holds it was complete: a sink with two-phase commit shows it then.
 */
final class StatusSink extends RichSinkFunction<Envelope> implements CheckpointListener, CheckpointedFunction {
  private static final long serialVersionUID = 1L;

  static final class Kept {
    final String cart;
    final String payload;
    final long atNanos = System.nanoTime();
    volatile long visibleNanos;

    Kept(Envelope envelope) {
      cart = envelope.getPartitionKey();
      payload = envelope.getPayload();
    }
  }

  static final ConcurrentLinkedQueue<Kept> kept = new ConcurrentLinkedQueue<>();
  static final List<Long> checkpointsCompleteNanos = new CopyOnWriteArrayList<>();

  /** Number of kept records when a checkpoint was made, by checkpoint. */
  private transient Map<Long, Integer> keptAt;

  @Override
  public void invoke(Envelope value, Context context) {
    Run.egressRecords.lazySet(Run.egressRecords.get() + 1);
    Run.egressBytes.lazySet(Run.egressBytes.get() + value.getPayload().length());
    if (Run.keepsStatuses && (value.getPartitionKey().hashCode() & 15) == 0) kept.add(new Kept(value));
  }

  @Override
  public void snapshotState(FunctionSnapshotContext context) {
    keptAt.put(context.getCheckpointId(), kept.size());
  }

  @Override
  public void notifyCheckpointComplete(long checkpointId) {
    long now = System.nanoTime();
    int remaining = keptAt.getOrDefault(checkpointId, 0);
    keptAt.remove(checkpointId);
    for (Kept record : kept) {
      if (remaining == 0) break;
      if (record.visibleNanos == 0) record.visibleNanos = now;
      remaining -= 1;
    }
    checkpointsCompleteNanos.add(now);
  }

  @Override
  public void initializeState(FunctionInitializationContext context) {
    keptAt = new HashMap<>();
  }
}
